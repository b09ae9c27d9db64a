// Opening and closing of sessions. See threaded_link.hpp.
// Nothing is touched after a call of the listener: it may have destroyed the link.
#include "sim/live/links/threaded_link.hpp"

#include <utility>

#include "sim/live/net/background.hpp"

namespace squall::live {

ThreadedLink::ThreadedLink(Loop& loop, Listener& listener, Make make)
    : loop_(loop), listener_(listener), make_(std::move(make)) {}

ThreadedLink::~ThreadedLink() { close(); }

void ThreadedLink::open() {
  close();
  LinkMail::Receiver& receiver = *this;
  mail_ = std::make_shared<LinkMail>(loop_, receiver);
  mail_->pause(paused_);
  session_ = make_({sockets_, ++attempt_, position_});
  run_in_background([mail = mail_, session = session_] { session->run(*mail); });
}

void ThreadedLink::close() {
  if (mail_ == nullptr) return;
  up_ = false;
  mail_->abandon();
  session_->stop();
  sockets_->shut(attempt_);
  mail_.reset();
  session_.reset();
}

bool ThreadedLink::publish(std::span<const std::byte> payload) {
  return up_ && session_->publish(payload);
}

void ThreadedLink::pause(bool yes) {
  paused_ = yes;
  if (mail_ != nullptr) mail_->pause(yes);
}

Traffic ThreadedLink::traffic() const { return sockets_->traffic(); }

void ThreadedLink::mail_up(std::int64_t position) {
  position_ = position;
  up_ = true;
  listener_.link_up();
}

void ThreadedLink::mail_message(std::span<const std::byte> payload, std::int64_t position) {
  position_ = position;
  listener_.link_message(payload);
}

void ThreadedLink::mail_down(const std::string& why) {
  close();
  listener_.link_down(why, false);
}

}  // namespace squall::live
