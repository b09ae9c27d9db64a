// Nodes for a real load balancer to choose from: tiny HTTP servers in this process that answer
// their own address, and how they are asked through it. What they answer to an upgrade is the
// request that they got.
#pragma once

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace squall::testing {

using boost::asio::ip::tcp;

inline tcp::endpoint loopback(std::uint16_t port) {
  return {boost::asio::ip::address_v4::loopback(), port};
}

// Nodes on one thread. Each answers one request per connection with its address and what it got.
class NamedNodes {
 public:
  explicit NamedNodes(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      acceptors_.push_back(std::make_unique<tcp::acceptor>(context_, loopback(0)));
      accept(*acceptors_.back(), address(i));
    }
    thread_ = std::thread([this] { context_.run(); });
  }
  ~NamedNodes() {
    context_.stop();
    thread_.join();
  }

  std::string address(std::size_t node) const {
    return "127.0.0.1:" + std::to_string(acceptors_[node]->local_endpoint().port());
  }

 private:
  struct Visit {
    explicit Visit(tcp::socket accepted) : socket(std::move(accepted)) {}
    tcp::socket socket;
    std::string request, answer;
  };

  void accept(tcp::acceptor& acceptor, const std::string& name) {
    acceptor.async_accept([this, &acceptor, name](auto failure, tcp::socket socket) {
      if (failure) return;
      serve(std::make_shared<Visit>(std::move(socket)), name);
      accept(acceptor, name);
    });
  }

  static void serve(const std::shared_ptr<Visit>& visit, const std::string& name) {
    boost::asio::async_read_until(
        visit->socket, boost::asio::dynamic_buffer(visit->request), "\r\n\r\n",
        [visit, name](auto failure, std::size_t) {
          if (failure) return;
          const bool upgrade = visit->request.find("Upgrade: websocket") != std::string::npos;
          visit->answer =
              upgrade ? "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\n\r\n" +
                            visit->request
                      : "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(name.size()) +
                            "\r\n\r\n" + name;
          boost::asio::async_write(visit->socket, boost::asio::buffer(visit->answer),
                                   [visit](auto, std::size_t) { visit->socket.close(); });
        });
  }

  boost::asio::io_context context_;
  std::vector<std::unique_ptr<tcp::acceptor>> acceptors_;
  std::thread thread_;
};

// All that comes back to one request.
inline std::string ask(std::uint16_t port, const std::string& path,
                       const std::string& headers = "") {
  boost::asio::io_context context;
  tcp::socket socket(context);
  socket.connect(loopback(port));
  boost::asio::write(socket, boost::asio::buffer("GET " + path + " HTTP/1.1\r\nHost: squall\r\n" +
                                                 headers + "\r\n"));
  std::string answer;
  boost::system::error_code end;
  boost::asio::read(socket, boost::asio::dynamic_buffer(answer), end);
  return answer;
}

}  // namespace squall::testing
