// Free ports of 127.0.0.1 for programs we start, and a way to hear whether they answer.
//
// A port is not only found but kept: a socket stays bound to it, without listening. The kernel
// then gives it to nobody else, neither as the source of one of our thousands of connections nor
// to another program that asks for any port, while the server, which sets SO_REUSEADDR as all
// servers do, can take it, lose it in a crash and take it again.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace squall::live {

class LoopbackPort {
 public:
  // Empty on failure, and then `error` says why.
  static std::optional<LoopbackPort> reserve(std::string& error);
  LoopbackPort(LoopbackPort&& other) noexcept;
  LoopbackPort& operator=(LoopbackPort&& other) noexcept;
  ~LoopbackPort();

  std::uint16_t number() const { return number_; }

 private:
  LoopbackPort(int socket, std::uint16_t number) : socket_(socket), number_(number) {}

  int socket_;
  std::uint16_t number_;
};

// What is said to a server, and what must be part of its answer.
struct Greeting {
  std::string_view say;     // may be empty: some servers speak first
  std::string_view expect;  // never empty
};

// Connects to 127.0.0.1:`port`, greets, and waits at most `patience` for the expected answer.
bool answers(std::uint16_t port, const Greeting& greeting, std::chrono::milliseconds patience);

}  // namespace squall::live
