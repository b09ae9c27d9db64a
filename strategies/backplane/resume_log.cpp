// Subscribe, then ask, then merge. See resume_log.hpp.
// What waits is kept, not copied: a copy is made when it is said.
#include "strategies/backplane/resume_log.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "strategies/backplane/match.hpp"

namespace squall {

void ResumeFromLog::step(Time now, Input input, Actions& actions) {
  commit(now, std::holds_alternative<BrokerMessage>(input));
  if (const auto* const answer = std::get_if<Fetched>(&input)) return answered(*answer, actions);
  before(input, actions);
  carry_out(now, std::move(input), actions);
}

// What has to be known before the inner part answers: whom that admits asks for himself.
void ResumeFromLog::before(const Input& input, Actions& actions) {
  std::visit(Match{
                 [&](const SessionOpened& in) {
                   forget(in.endpoint, actions);
                   if (!in.seen) return;
                   if (const auto* const place = std::get_if<LogPlace>(&*in.seen)) {
                     guests_.emplace(in.endpoint, Guest{*place, last_question_ + 1});
                   }
                 },
                 [&](const SessionClosed& in) {
                   if (!sessions_.has(in.endpoint)) forget(in.endpoint, actions);
                 },
                 [&](const Subscribed& in) { subscribed(in, actions); },
                 [&](const BrokerState& in) {
                   if (in.up)
                     link_back(actions);
                   else
                     link_lost(actions);
                 },
                 [](const auto&) {},
             },
             input);
}

// As the inner part wants it, but for three things: what is published is kept in the log, what is
// heard may have to wait, and a welcome says more.
void ResumeFromLog::carry_out(Time now, Input input, Actions& actions) {
  const auto* const heard = std::get_if<BrokerMessage>(&input);
  const std::optional<LogPlace> place = heard != nullptr ? heard->place : std::nullopt;
  std::vector<EndpointId> welcomed;
  std::vector<RoomJoined> joined;
  if (!inner_->admits()) {
    if (const auto* const in = std::get_if<SessionOpened>(&input)) welcomed = {in->endpoint};
    if (const auto* const in = std::get_if<RoomJoined>(&input)) joined = {*in};
  }
  if (place && behind_.empty()) advance(*place);

  Actions wanted;
  inner_->step(now, std::move(input), wanted);
  actions.relay(std::move(wanted), [&](const Action& action) {
    if (const auto* const said = std::get_if<Publish>(&action)) {
      Publish logged = *said;
      logged.kept = true;
      actions.publish(logged);
      return true;
    }
    if (const auto* const wish = std::get_if<Unsubscribe>(&action)) forget(wish->topic, actions);
    const auto* const push = std::get_if<Push>(&action);
    if (push != nullptr && place && push->only.empty()) {
      hear(*push, *place, actions);
      return true;
    }
    if (const auto* const admit = std::get_if<Admit>(&action); admit != nullptr && !admit->room) {
      welcomed.push_back(admit->endpoint);
      return true;
    }
    return false;
  });
  for (const EndpointId endpoint : welcomed) welcome(endpoint, actions);
  for (const RoomJoined& guest : joined) actions.admit(guest.endpoint, guest.room);
}

// ---- the link ----------------------------------------------------------------------------------

void ResumeFromLog::subscribed(const Subscribed& answer, Actions& actions) {
  const Topic topic = answer.topic;
  if (!answer.yes) return forget(topic, actions);
  heard_.insert(topic);
  if (behind_.contains(topic)) ask(topic, std::nullopt, actions);
  for (auto& [endpoint, guest] : guests_) {
    if (guest.open.contains(topic)) ask(topic, endpoint, actions);
  }
}

// Nobody waits for it any more.
void ResumeFromLog::forget(Topic topic, Actions& actions) {
  heard_.erase(topic);
  if (behind_.erase(topic) > 0 && behind_.empty()) caught_up(actions);
}

// Where the log is now, is where the clients of a new process stand.
void ResumeFromLog::link_back(Actions& actions) {
  up_ = true, ++link_;
  if (!place_) ask(Topic::global(), std::nullopt, actions);
}

// What has been heard since the last gap is said now; after the next return it is asked for again,
// and a client that gets it twice knows it.
void ResumeFromLog::link_lost(Actions& actions) {
  up_ = false;
  asked_at_.reset();
  behind_.insert(heard_.begin(), heard_.end());
  heard_.clear();
  for (const auto& [place, message] : held_) deliver(actions.fork(message), place, actions);
  let_go(held_, actions);
}

bool ResumeFromLog::can_ask(Topic topic) const {
  return up_ && (topics_ == Topics::one_each || heard_.contains(topic));
}

void ResumeFromLog::ask(Topic topic, std::optional<EndpointId> guest, Actions& actions) {
  const std::uint32_t request = ++last_question_;
  questions_.emplace(request, Question{topic, guest, link_});
  const auto after = guest ? std::optional(guests_.at(*guest).seen) : reads_on_from();
  actions.fetch({topic, after, request});
}

void ResumeFromLog::answered(const Fetched& answer, Actions& actions) {
  const auto found = questions_.find(answer.request);
  SQUALL_CHECK(found != questions_.end());
  const Question question = found->second;
  questions_.erase(found);
  if (question.guest) return tell_guest(question, answer, actions);
  if (!place_ && answer.newest) advance(*answer.newest);
  if (question.link == link_ && up_) catch_up(question.topic, answer, actions);
}

// ---- the node itself ---------------------------------------------------------------------------

void ResumeFromLog::catch_up(Topic topic, const Fetched& answer, Actions& actions) {
  if (!behind_.contains(topic)) return;
  for (const Logged& logged : answer.messages) keep(held_, logged, actions);
  if (!asked_at_) asked_at_ = answer.newest;
  behind_.erase(topic);
  if (behind_.empty()) caught_up(actions);
}

void ResumeFromLog::caught_up(Actions& actions) {
  if (asked_at_) advance(*asked_at_);
  asked_at_.reset();
  Waiting all;
  all.swap(held_);
  for (const auto& [place, message] : all) {
    advance(place);
    said_.insert(place);
    deliver(actions.fork(message), place, actions);
  }
  let_go(all, actions);
}

void ResumeFromLog::hear(const Push& push, LogPlace place, Actions& actions) {
  Copy copy = Copy::adopt(push.message);
  if (echoes(said_, place)) return actions.discard(std::move(copy));
  if (behind_.empty()) return deliver(std::move(copy), place, actions);
  keep(held_, {push.message, place}, actions);
  actions.discard(std::move(copy));
}

// A node hears in order: what comes before this one does not come any more.
bool ResumeFromLog::echoes(std::set<LogPlace>& said, LogPlace place) {
  said.erase(said.begin(), said.lower_bound(place));
  return said.erase(place) > 0;
}

// Those who wait for what came before it; it is kept for them. And those who have it already.
std::vector<EndpointId> ResumeFromLog::not_now(const Message& message, LogPlace place,
                                               Actions& actions) {
  std::vector<EndpointId> some;
  for (auto& [endpoint, guest] : guests_) {
    if (!is_for(endpoint, message)) continue;
    some.push_back(endpoint);
    keep(guest.since, {message, place}, actions);
  }
  for (auto& [endpoint, said] : said_to_) {
    if (echoes(said, place)) some.push_back(endpoint);
  }
  std::erase_if(said_to_, [](const auto& entry) { return entry.second.empty(); });
  return some;
}

void ResumeFromLog::deliver(Copy copy, LogPlace place, Actions& actions) {
  const Message& message = copy.message();
  const std::vector<EndpointId> waiting = not_now(message, place, actions);
  if (waiting.empty()) return actions.push(std::move(copy), {}, place);
  std::vector<EndpointId> others;
  if (message.address.kind == Address::Kind::room) {
    std::ranges::copy_if(
        sessions_.here(message.address.room()), std::back_inserter(others),
        [&](EndpointId who) { return std::ranges::find(waiting, who) == waiting.end(); });
  }
  if (others.empty()) return actions.discard(std::move(copy));
  actions.push(std::move(copy), std::move(others), place);
}

// What it has handled when the time has come; it changes only in steps. It is saved if the broker
// is heard after that: what is said into a cut is not.
void ResumeFromLog::commit(Time now, bool heard) {
  if (reading_.start_at != StartAt::saved) return;
  if (commits_ == kNever) commits_ = now + reading_.commit;
  if (!saved_) saved_ = place_;  // where it has begun
  for (; commits_ <= now; commits_ += reading_.commit) asked_to_save_ = place_;
  if (heard && asked_to_save_) saved_ = asked_to_save_;
}

std::optional<LogPlace> ResumeFromLog::reads_on_from() const {
  switch (reading_.start_at) {
    case StartAt::place: break;
    case StartAt::latest: return std::nullopt;
    case StartAt::saved: return saved_;
  }
  return place_;
}

void ResumeFromLog::advance(LogPlace place) { place_ = std::max(place_.value_or(place), place); }

// ---- who comes back ----------------------------------------------------------------------------

void ResumeFromLog::welcome(EndpointId endpoint, Actions& actions) {
  const auto found = guests_.find(endpoint);
  if (found == guests_.end()) {
    Resumption fresh;
    if (place_) fresh.position = *place_;
    return actions.admit(endpoint, fresh);
  }
  Guest& guest = found->second;
  if (std::exchange(guest.admitted, true)) return;
  guest.open = topics_of(endpoint);
  for (const Topic topic : guest.open) {
    if (can_ask(topic)) ask(topic, endpoint, actions);
  }
}

void ResumeFromLog::tell_guest(const Question& question, const Fetched& answer, Actions& actions) {
  const EndpointId endpoint = *question.guest;
  const auto found = guests_.find(endpoint);
  if (found == guests_.end() || answer.request < found->second.first) return;
  Guest& guest = found->second;
  const bool unknown = answer.outcome == Fetched::Outcome::unavailable;
  if (unknown && !up_) return;  // it is asked again when the topic is heard again
  if (answer.outcome != Fetched::Outcome::reached) guest.reached = false;
  guest.newest = std::max(guest.newest, answer.newest);
  for (const Logged& logged : answer.messages) {
    if (is_for(endpoint, logged.message)) keep(guest.missed, logged, actions);
  }
  guest.open.erase(question.topic);
  if (guest.open.empty()) finish(endpoint, actions);
}

// Who does not get all of what he missed gets none of it: he has been told so, and starts anew.
void ResumeFromLog::finish(EndpointId endpoint, Actions& actions) {
  const auto found = guests_.find(endpoint);
  Guest guest = std::move(found->second);
  guests_.erase(found);
  Resumption told{guest.reached ? Recovered::yes : Recovered::no, {}};
  if (guest.reached)
    told.position = guest.seen;
  else if (guest.newest)
    told.position = *guest.newest;
  actions.admit(endpoint, told);
  if (!guest.reached) let_go(guest.missed, actions);
  for (const auto& [place, message] : guest.missed) {
    actions.replay(message, endpoint, place);
    if (!place_ || place > *place_) said_to_[endpoint].insert(place);
  }
  for (const auto& [place, message] : guest.since) {
    if (!guest.missed.contains(place)) actions.replay(message, endpoint, place);
  }
  let_go(guest.missed, actions);
  let_go(guest.since, actions);
}

void ResumeFromLog::forget(EndpointId endpoint, Actions& actions) {
  said_to_.erase(endpoint);
  const auto found = guests_.find(endpoint);
  if (found == guests_.end()) return;
  let_go(found->second.missed, actions);
  let_go(found->second.since, actions);
  guests_.erase(found);
}

// Nobody hears his own words.
bool ResumeFromLog::is_for(EndpointId endpoint, const Message& message) const {
  if (message.address.kind == Address::Kind::user) return message.address.endpoint() == endpoint;
  if (message.sender == endpoint) return false;
  const std::vector<RoomId> joined = sessions_.rooms_of(endpoint);
  return std::ranges::find(joined, message.address.room()) != joined.end();
}

std::set<Topic> ResumeFromLog::topics_of(EndpointId endpoint) const {
  if (topics_ == Topics::one_for_all) return {Topic::global()};
  std::set<Topic> all{Topic::user(endpoint)};
  for (const RoomId room : sessions_.rooms_of(endpoint)) all.insert(Topic::room(room));
  return all;
}

// ---- what waits --------------------------------------------------------------------------------

void ResumeFromLog::keep(Waiting& waiting, const Logged& logged, Actions& actions) {
  if (waiting.emplace(logged.place, logged.message).second) actions.keep(logged.message);
}

void ResumeFromLog::let_go(Waiting& waiting, Actions& actions) {
  for (const auto& [place, message] : waiting) actions.let_go(message);
  waiting.clear();
}

void ResumeFromLog::lose_all(Actions& actions) {
  inner_->lose_all(actions);
  for (auto& [endpoint, guest] : guests_) {
    let_go(guest.missed, actions);
    let_go(guest.since, actions);
  }
  let_go(held_, actions);
}

}  // namespace squall
