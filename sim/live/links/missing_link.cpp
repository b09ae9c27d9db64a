// Refuses, from the loop, as a real link would. See missing_link.hpp.
// A closed attempt stays unanswered: its number is compared.
#include "sim/live/links/missing_link.hpp"

#include <cstdint>
#include <string>

namespace squall::live {
namespace {

class MissingLink final : public BrokerLink {
 public:
  MissingLink(Loop& loop, Listener& listener, std::string_view why)
      : loop_(loop), listener_(listener), why_(why) {}

  void open() override {
    const std::weak_ptr<int> attempt = attempt_ = std::make_shared<int>();
    loop_.post([this, attempt] {
      if (!attempt.expired()) listener_.link_down(std::string(why_), false);
    });
  }
  void close() override { attempt_.reset(); }
  bool publish(std::span<const std::byte>) override { return false; }
  void pause(bool) override {}
  Traffic traffic() const override { return {}; }

 private:
  Loop& loop_;
  Listener& listener_;
  std::string_view why_;
  std::shared_ptr<int> attempt_;  // expires with the link, and by close()
};

}  // namespace

std::unique_ptr<BrokerLink> make_missing_link(Loop& loop, BrokerLink::Listener& listener,
                                              std::string_view why) {
  return std::make_unique<MissingLink>(loop, listener, why);
}

}  // namespace squall::live
