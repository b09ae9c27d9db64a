// The live view's server: a page, and what changes on it, for browsers on this machine.
//
// HTTP read by Boost.Beast, frames of the live engine, on a port of 127.0.0.1 that the system
// chooses; whoever does not know the token in the address gets 404. One thread, which nobody waits
// for: a page that does not read has one message under way, and the run never learns of it.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace squall {

class WatchServer {
 public:
  struct Subject {
    std::string page;                   // HTML, served at the address
    std::function<std::string()> state;  // for all pages, several times a second; any thread
    std::function<void()> stop;          // a page asked for the end of the run; any thread
  };

  // nullptr when no socket can be had, and then `error` says why.
  static std::unique_ptr<WatchServer> start(Subject subject, std::string& error);
  // Sends the last state to the pages that read, and goes; waits for none of the others.
  ~WatchServer();

  std::string address() const;  // "http://127.0.0.1:41234/3f9c.../"

 private:
  class Server;
  explicit WatchServer(std::unique_ptr<Server> server);

  std::unique_ptr<Server> server_;
};

}  // namespace squall
