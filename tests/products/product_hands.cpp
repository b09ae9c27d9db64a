// The pipe, the thread, and what each word does. See product_hands.hpp.
// The pipe is open for writing here too: it has no end until the last order says so.
#include "tests/products/product_hands.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <iostream>

#include "strategies/core/check.hpp"

namespace squall::testing {
namespace {

constexpr std::string_view kEnough = "enough\n";

// "crash n2" -> 1; what is of no node: 0.
std::size_t node_of(const std::string& order) {
  const std::size_t at = order.find(" n");
  return at == order.npos ? 0 : std::stoul(order.substr(at + 2)) - 1;
}

}  // namespace

ProductHands::ProductHands(ProductCluster& cluster) : cluster_(cluster) {
  std::string error;
  folder_ = live::ScratchFolder::make("hands", error);
  SQUALL_CHECK(folder_ != nullptr);
  pipe_ = folder_->path() / "orders";
  SQUALL_CHECK(::mkfifo(pipe_.c_str(), 0600) == 0);
  orders_ = ::open(pipe_.c_str(), O_RDWR | O_CLOEXEC);
  SQUALL_CHECK(orders_ >= 0);
  thread_ = std::thread([this] { work(); });
}

ProductHands::~ProductHands() {
  SQUALL_CHECK(::write(orders_, kEnough.data(), kEnough.size()) > 0);
  thread_.join();
  ::close(orders_);
}

live::Hooks ProductHands::hooks() const {
  live::Hooks hooks;
  hooks.file = "hooks";
  const std::string to = " > " + pipe_.string();
  for (const char* const word : {"crash", "stop", "start"}) {
    hooks.commands[word] = std::string("echo ") + word + " $SQUALL_NODE" + to;
  }
  if (cluster_.redis() == nullptr) return hooks;
  for (const char* const word : {"broker_down", "broker_up"}) {
    hooks.commands[word] = std::string("echo ") + word + to;
  }
  return hooks;
}

void ProductHands::work() {
  std::string text;
  while (true) {
    std::array<char, 256> piece;
    const ssize_t got = ::read(orders_, piece.data(), piece.size());
    if (got <= 0) return;
    text.append(piece.data(), static_cast<std::size_t>(got));
    for (std::size_t end = text.find('\n'); end != text.npos; end = text.find('\n')) {
      const std::string order = text.substr(0, end);
      text.erase(0, end + 1);
      if (order + "\n" == kEnough) return;
      obey(order);
    }
  }
}

void ProductHands::obey(const std::string& order) {
  std::string error;
  if (order.starts_with("crash")) cluster_.kill(node_of(order));
  if (order.starts_with("stop")) cluster_.stop(node_of(order));
  if (order.starts_with("start")) error = cluster_.begin_start_again(node_of(order));
  if (order == "broker_down") cluster_.redis()->kill_hard();
  if (order == "broker_up") error = cluster_.redis()->begin_start_again();
  if (!error.empty()) std::cerr << order << ": " << error << '\n';
}

}  // namespace squall::testing
