// squall calibrate [-o PROFILE.json] [--target URL --dialect NAME]: what work costs, from CPU.
// Loads are loads.hpp, the fit is fit.hpp, the profile is scenarios/model/calibration.hpp.
#include <fmt/core.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "report/words/format.hpp"
#include "report/words/played_again.hpp"
#include "scenarios/model/calibration.hpp"
#include "scenarios/model/grammar.hpp"
#include "scenarios/model/suggest.hpp"
#include "sim/cli/calibrate/design.hpp"
#include "sim/cli/calibrate/loads.hpp"
#include "sim/cli/calibrate/process_cpu.hpp"
#include "sim/cli/calibrate/room.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/input/attach_options.hpp"
#include "sim/cli/input/engine_choice.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/cli/store/files.hpp"
#include "sim/cli/store/utc_time.hpp"
#include "sim/live/run/engine.hpp"
#include "squall_version.hpp"

namespace squall {
namespace {

constexpr int kRounds = 2;  // of all loads: what differs between them is the error
constexpr const char* kFile = "squall-profile.json";

struct CostOfKind {
  Kind kind;
  std::optional<Duration> CostChanges::*cost;
};
constexpr CostOfKind kCosts[] = {
    {Kind::read, &CostChanges::frame_read},     {Kind::push, &CostChanges::push},
    {Kind::kib, &CostChanges::per_kib},         {Kind::publish, &CostChanges::publish},
    {Kind::hear, &CostChanges::broker_receive}, {Kind::connect, &CostChanges::handshake},
};

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  std::string line, name = "unknown";
  int count = 0;
  while (std::getline(file, line)) {
    if (!line.starts_with("model name")) continue;
    ++count;
    name = line.substr(std::min(line.find(": ") + 2, line.size()));
  }
  return fmt::format("{}, {} processors", name, count);
}

std::string versions() {
  utsname system{};
  ::uname(&system);
  return fmt::format("squall {} ({}), {} {}", squall_version(), squall_revision(), system.sysname,
                     system.release);
}

void widen(SeenRange& range, double value) {
  if (value <= 0) return;
  range.from = range.to == 0 ? value : std::min(range.from, value);
  range.to = std::max(range.to, value);
}

Calibration profile_of(const std::vector<PlayedLoad>& played, const Fitted& fitted) {
  Calibration profile;
  profile.host = host_name(), profile.cpu = processor(), profile.versions = versions();
  profile.date = utc_text(std::chrono::system_clock::now());
  for (const CostOfKind& row : kCosts) {
    const auto& cost = fitted.costs[static_cast<std::size_t>(row.kind)];
    if (!cost) continue;
    profile.costs.*row.cost = from_seconds(cost->value);
    profile.plus_minus.*row.cost = from_seconds(cost->half_width);
  }
  // A connection was seen as a whole: what it joins and how it ends is in its handshake.
  if (profile.costs.handshake) {
    profile.costs.subscribe = profile.costs.close = Duration{0};
  }
  for (std::size_t i = 0; i < played.size(); ++i) {
    const PlayedLoad& one = played[i];
    widen(profile.bytes, one.bytes);
    widen(profile.recipients, one.recipients);
    widen(profile.pushes, one.pushes);
    profile.fit.push_back({one.load.name, one.load.cpu, fitted.by_load[i]});
  }
  profile.one_way = one_way_through_a_node(played, profile.costs);
  profile.scenarios = {"calibrate"};
  return profile;
}

std::string answer_in_words(Bytes answer) {
  return answer == 0 ? "no answer" : "an answer of " + language::format_size(answer);
}

std::string as_text(const Calibration& profile) {
  const Glyphs& glyphs = ascii_glyphs();
  std::vector<std::vector<std::string>> loads{{"load", "CPU measured", "by the costs", "error"}};
  for (const FitRow& row : profile.fit) {
    const double error = row.measured > 0 ? row.fitted / row.measured - 1 : 0;
    loads.push_back({row.load, decimal(row.measured * 100, 2) + " %",
                     decimal(row.fitted * 100, 2) + " %",
                     (error < 0 ? "" : "+") + decimal(error * 100, 1) + " %"});
  }
  std::string text = text_table(loads, 1, "  ") + "\n";
  std::vector<std::vector<std::string>> costs{{"cost", "of one", "+-"}};
  const auto add = [&](const char* name, const std::optional<Duration>& value,
                       const std::optional<Duration>& error) {
    if (!value || !error) return;
    costs.push_back({name, with_unit(static_cast<double>(value->count()), "ns", glyphs),
                     with_unit(static_cast<double>(error->count()), "ns", glyphs)});
  };
  add("handshake", profile.costs.handshake, profile.plus_minus.handshake);
  add("frame_read", profile.costs.frame_read, profile.plus_minus.frame_read);
  add("push", profile.costs.push, profile.plus_minus.push);
  add("heartbeat", profile.costs.heartbeat, profile.plus_minus.heartbeat);
  add("per_kib", profile.costs.per_kib, profile.plus_minus.per_kib);
  add("publish", profile.costs.publish, profile.plus_minus.publish);
  add("broker_receive", profile.costs.broker_receive, profile.plus_minus.broker_receive);
  text += text_table(costs, 1, "  ");
  if (profile.costs.handshake) text += "  handshake: with subscribe and close, which are 0 then\n";
  if (profile.one_way > Duration{0}) {
    text += "  one way between two processes: " +
            with_unit(static_cast<double>(profile.one_way.count()), "ns", glyphs) + "\n";
  }
  if (profile.overhead != ProtocolOverhead{}) {
    text += fmt::format("  around a message at a client: {} up, {} down\n",
                        language::format_size(profile.overhead.up),
                        language::format_size(profile.overhead.down));
    if (profile.overhead.answer) {
      text += fmt::format("  its sender hears: {}{}\n", answer_in_words(*profile.overhead.answer),
                          profile.overhead.echo ? ", and the message itself" : "");
    }
  }
  const std::vector<std::string> rest = missing(profile.costs);
  if (!rest.empty()) {
    text += fmt::format("  not identified: {}; they stay uncalibrated ({})\n",
                        language::joined(rest, 20), profile.base);
  }
  return text;
}

class Calibrating {
 public:
  explicit Calibrating(const Invocation& invocation)
      : invocation_(invocation), options_(invocation.options) {}

  Exit run() {
    std::string error = options_.target.empty() ? check_without_target(options_) : attach(options_);
    if (error.empty()) error = look_up_design();
    const std::string file = options_.inputs.empty() ? kFile : options_.inputs.front();
    if (error.empty()) error = check_writable(file);
    if (!error.empty()) {
      invocation_.console.err << "error: " << error << '\n';
      return {ExitCode::usage, "bad command line; nothing was measured"};
    }
    install_signal_handlers();
    try {
      if (!play_all()) return {static_cast<ExitCode>(128 + received_signal()), "no profile"};
    } catch (const live::CannotRun& why) {
      return {ExitCode::broken, why.what()};
    }
    return conclude(file);
  }

 private:
  std::string attach(const Options& given) {
    if (given.dialect.empty()) return "--target needs --dialect NAME|FILE";
    std::string error;
    attached_ = attach_options(given, error);
    if (!attached_) return error;
    pids_ = given.pid != 0 ? std::vector{static_cast<pid_t>(given.pid)}
                           : servers_of(attached_->targets, error);
    if (!error.empty()) {
      return "--target " + error + "; costs are fitted from its CPU: give --pid N";
    }
    if (std::ranges::any_of(pids_, [](pid_t pid) { return threads_of(pid).empty(); }))
      return "--pid: no such process, or its CPU cannot be read";
    if (backplane_named(live::foreign_row().name) == nullptr) add_backplane(live::foreign_row());
    Options as_attach = given;
    as_attach.engine = "attach";
    where_.attached = &*attached_;
    where_.foreign = engine_strategies(as_attach).front();
    where_.servers = pids_;
    return {};
  }

  std::string look_up_design() {
    if (options_.simulated_as.empty()) return {};
    if (options_.target.empty()) return "--as says what servers of others are: it needs --target";
    const Vocabulary vocabulary = make_vocabulary();
    std::vector<std::string> names;
    for (const StrategySpec& one : vocabulary.presets) {
      if (one.name == options_.simulated_as) as_ = one;
      names.push_back(one.name);
    }
    if (as_) return {};
    return fmt::format("--as {}: no such strategy; known: {}", options_.simulated_as,
                       language::joined(names, names.size()));
  }

  // What a just-in-time compiler has not seen yet costs several times as much: servers of others
  // first do each kind of work, and that is not counted.
  bool warm_up() {
    for (const std::string_view name :
         {"pairs, 64 B", "rooms of 10, 256 B", "a room of 200, 2 KiB", "reconnects"}) {
      const auto row = std::ranges::find(load_rows(), name, &LoadRow::name);
      if (!options_.quiet) invocation_.console.err << "warm-up: " << name << '\n';
      play_load(*row, where_, 1);
      if (received_signal() != 0) return false;
    }
    return true;
  }

  bool play_all() {
    if (where_.attached != nullptr && !warm_up()) return false;
    std::vector<LoadRow>& rows = small_rows_;
    rows.assign(load_rows().begin(), load_rows().end());
    if (where_.attached != nullptr) {  // a broker of theirs is inside of them
      std::erase_if(rows, [](const LoadRow& row) { return row.broker; });
    }
    if (!play_rounds(rows, played_)) return false;
    std::vector<Load> loads;
    for (const PlayedLoad& one : played_) loads.push_back(one.load);
    fitted_ = fit_costs(loads, kKinds);
    return options_.room == 0 || play_room();
  }

  // Last, as nearest to what will be played with it. Bursts that follow each other closely are
  // cheaper than those that come now and then, so it talks about as much as it can bear; how much
  // that is, a quieter one says first: too little by its heartbeats, and by that difference.
  bool play_room() {
    constexpr double kUnknown_s = 20e-6, kQuiet = 0.25, kBusy = 1.25;
    const int users = static_cast<int>(options_.room);
    const auto& push = fitted_.costs[static_cast<std::size_t>(Kind::push)];
    room_rows_ = {talking_room(users, push ? push->value : kUnknown_s, kQuiet)};
    std::vector<PlayedLoad> quiet;
    if (!play_once(room_rows_, 1, quiet)) return false;
    const double at_most_s = push_at_most_s(quiet.front());
    if (at_most_s <= 0) return true;
    room_rows_ = {silent_room(users), talking_room(users, at_most_s, kBusy)};
    return play_rounds(room_rows_, room_);
  }

  bool play_rounds(const std::vector<LoadRow>& rows, std::vector<PlayedLoad>& played) {
    for (int round = 1; round <= kRounds; ++round) {
      if (!play_once(rows, round, played)) return false;
    }
    return true;
  }

  bool play_once(const std::vector<LoadRow>& rows, int round, std::vector<PlayedLoad>& played) {
    for (const LoadRow& row : rows) {
      if (!options_.quiet) {
        invocation_.console.err << "round " << round << " of " << kRounds << ": " << row.name
                                << '\n';
      }
      played.push_back(play_load(row, where_, static_cast<std::uint64_t>(round)));
      if (received_signal() != 0) return false;
    }
    return true;
  }

  Exit conclude(const std::string& file) {
    Calibration profile = profile_of(played_, fitted_);
    profile.target = target();
    if (attached_) profile.overhead = overhead_in(played_);
    if (!room_.empty()) fit_room(profile, room_);
    if (profile.overhead.echo) take_echo_apart(profile.costs);
    if (as_) fit_design(profile, *as_, attached_->targets.size(), played_);
    for (const std::string& word : invocation_.arguments) {
      profile.command += (profile.command.empty() ? "" : " ") + command_word(word);
    }
    const std::string text = write_calibration(profile);
    if (const std::string error = write_whole_file(file, text); !error.empty()) {
      return {ExitCode::broken, error};
    }
    invocation_.console.out << (options_.json ? text : as_text(profile));
    const auto late =
        std::ranges::count_if(played_, [](const PlayedLoad& one) { return !one.invalid.empty(); });
    if (late > 0 && !options_.quiet) {
      invocation_.console.err
          << "note: in " << late << " of " << played_.size()
          << " loads the generator was late; CPU was counted for what was done\n";
    }
    if (!options_.quiet) {
      invocation_.console.err << "profile    " << file
                              << "\nuse it     --set /cluster/nodes/cost_profile=" << file << '\n';
    }
    if (profile.costs.push) return {};
    return {ExitCode::inconclusive,
            "not identified: push; the machine is too busy, or the pid is "
            "not the servers'"};
  }

  std::string target() const {
    if (where_.attached == nullptr) return "squall's own live node";
    std::string text = options_.dialect + " at";
    for (const std::string& url : options_.target) text += " " + url;
    std::string programs;
    for (const pid_t pid : pids_) {
      programs += fmt::format("{}{} {}", programs.empty() ? "" : ", ", program_of(pid), pid);
    }
    return text + fmt::format(" ({})", programs);
  }

  const Invocation& invocation_;
  const Options& options_;
  std::optional<live::AttachOptions> attached_;
  std::vector<pid_t> pids_;
  Playground where_;
  std::optional<StrategySpec> as_;               // what is simulated for them
  std::vector<LoadRow> small_rows_, room_rows_;  // what was played points at them
  std::vector<PlayedLoad> played_, room_;
  Fitted fitted_;  // of played_
};

}  // namespace

Exit calibrate_command(const Invocation& invocation) { return Calibrating(invocation).run(); }

}  // namespace squall
