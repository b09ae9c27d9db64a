// Plays a written conversation to an endpoint and writes down what it wants done.
//
// As transcript.hpp, for the client's side: a line at the margin is what happens, an indented line
// is an action that came of it. Links are l1, l2, ..; every attempt fails or succeeds because the
// conversation says so, and back-off waits 3 s. The words:
//   client u3 of 2 links [queue 5] [outbox 5] [everywhere] [make-before-break]      begins
//   login · logout · at 31 s · send m1 · join r1 · leave r1 · cut · run-ends
//   welcome l1 [r1 r2] (seated there) · lost l1 · pong l1 · going-away l1
//   acknowledged m1
//   timer l1 (goes to when its timer is due) · stale-timer l1 (one that was replaced)
#pragma once

#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "strategies/connection/endpoint.hpp"
#include "tests/support/words.hpp"

namespace squall::testing {

class EndpointTranscript {
 public:
  // The transcript with its actions written anew. A line that makes no sense shows up in it.
  std::string play(const std::string& transcript) {
    play_inputs(transcript, written_, [&](std::istringstream& words) { return understood(words); });
    return written_;
  }

 private:
  using In = std::istream&;
  using Verb = std::function<void(EndpointTranscript&, In)>;

  bool understood(std::istringstream& words) {
    std::string verb;
    words >> verb;
    const auto found = verbs().find(verb);
    if (found == verbs().end() || (links_.empty() && verb != "client")) return false;
    found->second(*this, words);
    return !words.fail();
  }

  static const std::map<std::string, Verb>& verbs() {
    using T = EndpointTranscript;
    static const std::map<std::string, Verb> table{
        {"client", [](T& t, In in) { t.begin(in); }},
        {"at", [](T& t, In in) { t.now_ = duration_word(in); }},
        {"login", [](T& t, In) { t.write(t.machine_.login(t.who(), t.now_)); }},
        {"logout", [](T& t, In) { t.write(t.machine_.logout(t.who())); }},
        {"send",
         [](T& t, In in) { t.write(t.machine_.send(t.who(), MessageId{number_word(in, 'm')})); }},
        {"join",
         [](T& t, In in) { t.write(t.machine_.join(t.who(), RoomId{number_word(in, 'r')})); }},
        {"leave",
         [](T& t, In in) { t.write(t.machine_.leave(t.who(), RoomId{number_word(in, 'r')})); }},
        {"cut", [](T& t, In) { t.write(t.machine_.cut(t.who(), t.now_, CloseReason::network)); }},
        {"run-ends", [](T& t, In) { t.write(t.machine_.give_up_queue(t.id_)); }},
        {"welcome",
         [](T& t, In in) {
           const std::uint16_t link = t.link(in);
           std::vector<RoomId> seated;
           for (std::string word; in >> word;) {
             std::istringstream room(word);
             seated.push_back(RoomId{number_word(room, 'r')});
           }
           in.clear();
           t.write(t.machine_.opened(t.who(), link, t.now_, seated));
         }},
        {"going-away",
         [](T& t, In in) { t.write(t.machine_.going_away(t.who(), t.link(in), t.now_)); }},
        {"acknowledged",
         [](T& t, In in) {
           t.write(t.machine_.acknowledged(t.id_, MessageId{number_word(in, 'm')}));
         }},
        {"lost", [](T& t, In in) { t.write(t.machine_.lost(t.who(), t.link(in), t.now_)); }},
        {"pong", [](T& t, In in) { t.links_[t.link(in)].machine.heard(); }},
        {"timer",
         [](T& t, In in) {
           const std::uint16_t link = t.link(in);
           t.now_ = t.due_[link];
           t.fire(link, t.links_[link].machine.generation);
         }},
        {"stale-timer",
         [](T& t, In in) {
           const std::uint16_t link = t.link(in);
           t.fire(link, t.links_[link].machine.generation - 1);
         }},
    };
    return table;
  }

  void begin(In in) {
    EndpointOptions options{
        {Duration{25'000'000'000},
         Duration{10'000'000'000},
         Duration{5'000'000'000},
         {BackoffKind::fixed, Duration{3'000'000'000}, 2, Duration{30'000'000'000}}}};
    id_ = EndpointId{number_word(in, 'u')};
    std::string of, links, option;
    in >> of >> options.links >> links;
    while (in >> option) {
      if (option == "queue") in >> options.queue;
      if (option == "outbox") in >> options.outbox;
      if (option == "everywhere") options.on_all_links = true;
      if (option == "make-before-break") options.make_before_break = true;
    }
    in.clear();
    machine_ = Endpoints(options, 1);
    links_.assign(options.slots(), {});
    due_.assign(options.slots(), Time{0});
  }

  Endpoint who() { return {id_, links_}; }
  std::uint16_t link(In in) {
    const std::uint32_t number = number_word(in, 'l');
    if (number == 0 || number > links_.size()) {
      in.setstate(std::ios::failbit);
      return 0;
    }
    return static_cast<std::uint16_t>(number - 1);
  }
  void fire(std::uint16_t link, std::uint32_t generation) {
    write(machine_.timer(who(), link, generation, now_));
  }

  void write(Endpoints::Actions actions) {
    if (actions.empty()) written_ += "  nothing\n";
    for (const EndpointAction& action : actions) {
      if (action.kind == EndpointAction::Kind::start_timer) due_[action.link] = action.at;
      written_ += "  " + text_of(action) + "\n";
    }
  }

  static std::string text_of(const EndpointAction& action) {
    using Kind = EndpointAction::Kind;
    const std::string on = "l" + std::to_string(action.link + 1);
    const std::string room = "r" + std::to_string(static_cast<std::uint32_t>(action.room));
    const std::string why = ": " + std::string(name(action.why));
    switch (action.kind) {
      case Kind::connect: return "connect " + on;
      case Kind::abandon: return "abandon " + on + why;
      case Kind::close: return "close " + on + why;
      case Kind::ready: return "ready " + on;
      case Kind::send_ping: return "ping " + on;
      case Kind::start_timer:
        return "timer " + on + " at " + std::to_string(action.at.count() / 1'000'000) + " ms";
      case Kind::ask_to_join: return "ask to join " + room + " on " + on;
      case Kind::ask_to_leave: return "ask to leave " + room + " on " + on;
      case Kind::move: return "move on " + on;
      case Kind::joined: return "joined " + room;
      case Kind::message: return text_of_step(action, on);
    }
    return "?";
  }

  static std::string text_of_step(const EndpointAction& action, const std::string& on) {
    using Step = EndpointAction::Step;
    const std::string message = "m" + std::to_string(static_cast<std::uint32_t>(action.message));
    switch (action.step) {
      case Step::write: return "write " + message + " on " + on;
      case Step::write_also: return "write " + message + " also on " + on;
      case Step::write_again:
        return "write " + message + " on " + on + " for the " + std::to_string(action.times) +
               ". time";
      case Step::keep: return "keep " + message;
      case Step::let_go: return "let go of " + message;
      case Step::refuse: return "refuse " + message;
      case Step::never_sent: return "never sent " + message;
    }
    return "?";
  }

  EndpointId id_{0};
  Endpoints machine_{{}, 1};
  std::vector<EndpointLink> links_;
  std::vector<Time> due_;  // by link
  Time now_{0};
  std::string written_;
};

}  // namespace squall::testing
