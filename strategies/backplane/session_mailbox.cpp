// Visits, readings, and what comes of them. See session_mailbox.hpp.
// What waits is kept, not copied: a copy is made when it is said.
#include "strategies/backplane/session_mailbox.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>

#include "strategies/backplane/maker.hpp"
#include "strategies/backplane/match.hpp"
#include "strategies/backplane/registry.hpp"

namespace squall {
namespace {

constexpr Option kPoll = duration_option("poll", "how often a node reads its clients' mailboxes",
                                         {.fallback = std::chrono::seconds{1},
                                          .low = std::chrono::milliseconds{1},
                                          .high = std::chrono::hours{1},
                                          .source = "uncalibrated"});
constexpr std::array kSessionMailboxOptions{kPoll};
constexpr std::uint32_t kTick = 1;  // the only timer

std::uint32_t key(EndpointId endpoint) { return static_cast<std::uint32_t>(endpoint); }

void lower(std::optional<LogPlace>& place, const std::optional<LogPlace>& other) {
  if (other && (!place || *other < *place)) place = other;
}

}  // namespace

SessionMailbox::SessionMailbox(const StrategySpec& spec, const BackplaneContext& context)
    : context_(context), sessions_(context.sessions), poll_(duration_of(kPoll, spec)) {}

void SessionMailbox::step(Time, Input input, Actions& actions) {
  std::visit(
      Match{
          [&](Started&) {  // evenly over the time, and none at a round instant of a script
            actions.arm(kTick, poll_ * (2 * index(context_.self) + 1) / (2 * context_.nodes));
          },
          [&](SessionOpened& in) { opened(in, actions); },
          [&](RenewalDue& in) {
            actions.call({RegistryCall::Verb::set_route, {key(in.endpoint)}});
          },
          [&](SessionClosed& in) { closed(in.endpoint, actions); },
          [&](RoomJoined& in) {
            visit({in.endpoint, in.room}, std::nullopt, actions);
          },
          [&](ClientMessage& in) {
            const Topic topic = Topic::of(in.copy.message().address);
            actions.publish(std::move(in.copy), topic, true);
          },
          [&](BrokerMessage& in) { actions.discard(std::move(in.copy)); },  // nobody asked for it
          [&](Timer&) { tick(actions); },
          [&](Fetched& in) { answered(in, actions); },
          [&](auto&) { SQUALL_CHECK(!carries_copy(input)); },
      },
      input);
}

// ---- who comes and goes ------------------------------------------------------------------------

void SessionMailbox::opened(const SessionOpened& in, Actions& actions) {
  actions.call({RegistryCall::Verb::set_route, {key(in.endpoint)}});
  forget(in.endpoint, actions);
  people_.insert(in.endpoint);
  const auto* const place = in.seen ? std::get_if<LogPlace>(&*in.seen) : nullptr;
  visit({in.endpoint, std::nullopt}, place != nullptr ? std::optional(*place) : std::nullopt,
        actions);
}

void SessionMailbox::closed(EndpointId endpoint, Actions& actions) {
  actions.call({RegistryCall::Verb::delete_route, {key(endpoint)}});
  if (sessions_.has(endpoint)) return;
  forget(endpoint, actions);
  people_.erase(endpoint);
}

// Who says where he stood asks for what came since; who does not, for where the logs are now.
void SessionMailbox::visit(const Guest& guest, const std::optional<LogPlace>& seen,
                           Actions& actions) {
  if (const auto before = visits_.find(guest); before != visits_.end()) {
    let_go(before->second.missed, actions);
    visits_.erase(before);
  }
  const std::set<Topic> topics = topics_of(guest);
  for (const Topic topic : topics) standing_[guest.first][topic] = {std::nullopt, readings_};
  Visit& visit = visits_.emplace(guest, Visit{seen, last_question_ + 1}).first->second;
  if (seen)
    visit.open = topics;
  else
    visit.open = {*topics.begin()};
  for (const Topic topic : visit.open) ask(topic, guest, seen, actions);
}

void SessionMailbox::tell_guest(const Guest& guest, const Question& question, const Fetched& answer,
                                Actions& actions) {
  const auto found = visits_.find(guest);
  if (found == visits_.end() || answer.request < found->second.first) return;
  Visit& visit = found->second;
  if (answer.outcome == Fetched::Outcome::unavailable) {
    visit.again.insert(question.topic);
    return;
  }
  if (visit.seen && answer.outcome == Fetched::Outcome::gone) visit.reached = false;
  lower(visit.newest, answer.newest);
  for (const Logged& logged : answer.messages) {
    if (logged.message.sender != guest.first) keep(visit.missed, logged, actions);
  }
  visit.open.erase(question.topic);
  if (visit.open.empty()) settle(guest, actions);
}

// What came after the earliest answer is in the next reading. Who does not get all of what he
// missed gets none of it: he has been told so, and starts anew.
void SessionMailbox::settle(const Guest& guest, Actions& actions) {
  const auto found = visits_.find(guest);
  Visit visit = std::move(found->second);
  visits_.erase(found);
  const auto [endpoint, room] = guest;
  for (const Topic topic : topics_of(guest)) standing_[endpoint][topic] = {visit.newest, readings_};
  if (room) {
    actions.admit(endpoint, *room);
    let_go(visit.missed, actions);
    return;
  }
  Resumption told;
  if (visit.seen) told.recovered = visit.reached ? Recovered::yes : Recovered::no;
  const auto from = visit.seen && visit.reached ? visit.seen : visit.newest;
  if (from) told.position = *from;
  actions.admit(endpoint, told);
  for (const auto& [place, message] : visit.missed) {
    if (visit.reached && place <= *visit.newest) actions.replay(message, endpoint, place);
  }
  let_go(visit.missed, actions);
}

void SessionMailbox::forget(EndpointId endpoint, Actions& actions) {
  standing_.erase(endpoint);
  for (auto entry = visits_.lower_bound({endpoint, std::nullopt});
       entry != visits_.end() && entry->first.first == endpoint;) {
    let_go(entry->second.missed, actions);
    entry = visits_.erase(entry);
  }
}

std::set<Topic> SessionMailbox::topics_of(const Guest& guest) const {
  const auto [endpoint, room] = guest;
  if (room) return {Topic::room(*room)};
  std::set<Topic> all{Topic::user(endpoint)};
  for (const RoomId joined : sessions_.rooms_of(endpoint)) all.insert(Topic::room(joined));
  return all;
}

// ---- readings ----------------------------------------------------------------------------------

void SessionMailbox::tick(Actions& actions) {
  actions.arm(kTick, poll_);
  for (auto& [guest, visit] : visits_) {
    for (const Topic topic : std::exchange(visit.again, {})) {
      ask(topic, guest, visit.seen, actions);
    }
  }
  if (!reading_) read(actions);
}

// Each log from where the last of its listeners stands.
void SessionMailbox::read(Actions& actions) {
  std::map<Topic, LogPlace> after;
  const auto listens = [&](Topic topic, LogPlace place) {
    const auto [entry, first] = after.try_emplace(topic, place);
    if (!first) entry->second = std::min(entry->second, place);
  };
  for (const EndpointId who : people_) {
    const auto own = standing_.find(who);
    const auto asks = [&](Topic topic) {
      const Standing* standing = nullptr;
      if (own != standing_.end()) {
        const auto found = own->second.find(topic);
        if (found != own->second.end()) standing = &found->second;
      }
      if (standing == nullptr && place_) listens(topic, *place_);
      if (standing != nullptr && standing->since) listens(topic, *standing->since);
    };
    asks(Topic::user(who));
    for (const RoomId joined : sessions_.rooms_of(who)) asks(Topic::room(joined));
  }
  if (after.empty()) return;
  ++readings_;
  reading_.emplace(Reading{place_, after.size()});
  for (const auto& [topic, place] : after) ask(topic, std::nullopt, place, actions);
}

void SessionMailbox::tell_reading(const Fetched& answer, Actions& actions) {
  SQUALL_CHECK(reading_ && reading_->open > 0);
  --reading_->open;
  if (answer.outcome == Fetched::Outcome::unavailable) reading_->failed = true;
  lower(reading_->newest, answer.newest);
  for (const Logged& logged : answer.messages) keep(reading_->heard, logged, actions);
  if (reading_->open == 0) finish_reading(actions);
}

// What came after the earliest answer is asked for again; so is all of it, if one is missing.
void SessionMailbox::finish_reading(Actions& actions) {
  Reading& reading = *reading_;
  if (!reading.failed && reading.newest) {
    const LogPlace until = *reading.newest;
    for (const auto& [place, message] : reading.heard) {
      if (place <= until) deliver(message, place, actions);
    }
    place_ = std::max(place_.value_or(until), until);
    for (auto own = standing_.begin(); own != standing_.end();) {
      std::erase_if(own->second, [&](const auto& entry) {
        return entry.second.since && entry.second.reading < readings_;
      });
      own = own->second.empty() ? standing_.erase(own) : std::next(own);
    }
  }
  let_go(reading.heard, actions);
  reading_.reset();
}

void SessionMailbox::deliver(const Message& message, LogPlace place, Actions& actions) {
  const Topic topic = Topic::of(message.address);
  if (message.address.kind == Address::Kind::user) {
    if (is_due(message.address.endpoint(), topic, place)) {
      actions.push(actions.fork(message), {}, place);
    }
    return;
  }
  std::vector<EndpointId> here = sessions_.here(message.address.room());
  const std::size_t all = here.size();
  std::erase_if(here, [&](EndpointId who) { return !is_due(who, topic, place); });
  if (here.empty()) return;
  if (here.size() == all) here.clear();
  actions.push(actions.fork(message), std::move(here), place);
}

// Who came while the logs were read waits for the next reading.
bool SessionMailbox::is_due(EndpointId who, Topic topic, LogPlace place) const {
  if (!people_.contains(who)) return false;
  if (const auto own = standing_.find(who); own != standing_.end()) {
    if (const auto found = own->second.find(topic); found != own->second.end()) {
      const auto& [since, reading] = found->second;
      return since && reading < readings_ && place > *since;
    }
  }
  return reading_->from && place > *reading_->from;
}

// ---- questions ---------------------------------------------------------------------------------

void SessionMailbox::ask(Topic topic, const std::optional<Guest>& guest,
                         const std::optional<LogPlace>& after, Actions& actions) {
  const std::uint32_t request = ++last_question_;
  questions_.emplace_hint(questions_.end(), request, Question{topic, guest});
  actions.fetch({topic, after, request});
}

void SessionMailbox::answered(const Fetched& answer, Actions& actions) {
  const auto found = questions_.find(answer.request);
  SQUALL_CHECK(found != questions_.end());
  const Question question = found->second;
  questions_.erase(found);
  if (question.guest)
    tell_guest(*question.guest, question, answer, actions);
  else
    tell_reading(answer, actions);
}

void SessionMailbox::keep(Waiting& waiting, const Logged& logged, Actions& actions) {
  if (waiting.emplace(logged.place, logged.message).second) actions.keep(logged.message);
}

void SessionMailbox::let_go(Waiting& waiting, Actions& actions) {
  for (const auto& [place, message] : waiting) actions.let_go(message);
  waiting.clear();
}

void SessionMailbox::lose_all(Actions& actions) {
  for (auto& [guest, visit] : visits_) let_go(visit.missed, actions);
  if (reading_) let_go(reading_->heard, actions);
}

BackplaneRow session_mailbox_row() {
  return {.name = "session_mailbox",
          .meaning = "shared sessions; what is said waits in a log of the store, which nodes read",
          .needs = {.broker = true, .registry = true},
          .reach = Reach::everybody,
          .covers = Covers::always,
          .asks = Asks::never,
          .reads_log = true,
          .options = kSessionMailboxOptions,
          .uncovered = always<Mechanism::not_subscribed>,
          .make = make<SessionMailbox>};
}

}  // namespace squall
