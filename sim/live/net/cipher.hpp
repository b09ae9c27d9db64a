// TLS of one connection, the client's side, from memory to memory: what the socket brought goes in,
// what it is to carry comes out (OpenSSL behind one wall; channel.hpp and ask.cpp drive it).
//
// Opens no socket and knows no loop. The server has to prove its name; there is no switch that
// turns the proof off, only Trust, which says whose word counts. Belongs to one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace squall::live {

// Whose certificates are believed: the system's authorities, and those in a file (PEM).
class Trust {
 public:
  // Null, and then `error` says what is wrong with the file. An empty name: the system's alone.
  static std::shared_ptr<const Trust> make(const std::string& file, std::string& error);
  ~Trust();
  Trust(const Trust&) = delete;
  Trust& operator=(const Trust&) = delete;

 private:
  friend class Cipher;
  Trust() = default;
  struct Context;
  std::unique_ptr<Context> context_;
};

class Cipher {
 public:
  // `name`: of the server, or its address, as its certificate has to say.
  Cipher(const Trust& trust, const std::string& name);
  ~Cipher();
  Cipher(const Cipher&) = delete;
  Cipher& operator=(const Cipher&) = delete;

  // The next step of the handshake; false: it failed.
  bool shake_hands();
  bool ready() const { return ready_; }

  // Takes what came off the socket, and appends what it says. False: not TLS, or tampered with.
  bool open(std::span<const std::byte> sealed, std::string& plain);
  void seal(std::string_view plain);  // after the handshake
  void say_goodbye();                 // close_notify
  std::string to_be_written();        // all that has come up since the last call

  bool over() const { return over_; }  // the other side has said goodbye
  // What went wrong, and what would help; empty: nothing.
  const std::string& error() const { return error_; }

 private:
  bool fail(int result);

  struct Session;
  std::unique_ptr<Session> session_;
  std::string name_, error_;
  bool ready_ = false, over_ = false;
};

}  // namespace squall::live
