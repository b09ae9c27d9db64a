// The page, its state and its Stop button. See watch.hpp.
// A stop from the page keeps what is done, as Ctrl-C does.
#include "sim/cli/watch/watch.hpp"

#include "report/page/html.hpp"
#include "sim/cli/play/interrupt.hpp"

namespace squall {

std::unique_ptr<Watch> Watch::start(std::string& error) {
  auto watch = std::make_unique<Watch>();
  watch->server_ = WatchServer::start(
      {watch_page(), [state = &watch->state_] { return state->text(); },
       [] { stop_because("stopped from the page"); }},
      error);
  return watch->server_ == nullptr ? nullptr : std::move(watch);
}

Watch::~Watch() {
  state_.end();
  server_ = nullptr;
}

}  // namespace squall
