// What pages that watch cost a run of a million clients: user and system time of the process.
//
//   watched_main [ROUNDS [USERS]]      default 5 rounds, 1,000,000 users
//
// The same run in turn with nobody, with a page from the first event to the last, and with ten, of
// which one does not read and one is loaded anew all the time: the server of `--watch`. Each run is
// a process of its own; pages are in this one, and their time does not count. `result.json` has to
// be the same bytes, and that is all that is judged here. On a machine that is busy the ratio is
// noise; what the threads beside the engine's took is none.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "report/export/json.hpp"
#include "report/measure/sha256.hpp"
#include "scenarios/model/library.hpp"
#include "scenarios/model/load.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/play/playing.hpp"
#include "sim/cli/watch/watch.hpp"
#include "sim/kernel/engine.hpp"
#include "strategies/presets.hpp"

namespace squall {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

using Page = beast::websocket::stream<asio::ip::tcp::socket>;

constexpr std::size_t kPages[] = {0, 1, 10};

struct Used {
  double user = 0, system = 0;
  double beside = 0;       // of it, on other threads than the engine's
  std::string sha256;      // of result.json
  std::size_t looks = 0;   // that the first page was shown
  std::size_t loaded = 0;  // pages, in all
};

Scenario million(const std::string& users) {
  const std::vector<Override> shorter{
      {"/params/users", users}, {"/params/warmup", "20s"}, {"/params/measure", "60s"}};
  for (const LibraryFile& file : scenario_library()) {
    if (file.name != "million-zipf") continue;
    const LoadResult loaded =
        load_scenario_text(std::string(file.text), "million-zipf", shorter, make_vocabulary());
    if (loaded.scenario) return *loaded.scenario;
  }
  std::exit(2);
}

RunRecord plain(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
                const PlayOptions& options) {
  return play(scenario, spec, seed, options);
}

double time_by(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

double seconds(const timeval& time) { return double(time.tv_sec) + double(time.tv_usec) * 1e-6; }

void tell(int end, const std::string& line) {
  const std::string text = line + '\n';
  if (write(end, text.data(), text.size()) < 0) _exit(4);
}

// In the child: tells where the page is (an empty line: nowhere), plays, tells what came out and
// what other threads took.
void play_here(const Scenario& scenario, bool watched, int answer) {
  std::unique_ptr<Watch> watch;
  std::string error;
  PlayFunction engine = plain;
  if (watched) {
    watch = Watch::start(error);
    if (watch == nullptr) _exit(4);
    watch->state().begin(scenario, "sim", 1);
    engine = watch->state().watched(plain);
  }
  tell(answer, watched ? watch->address() : "");
  std::vector<std::vector<RunRecord>> records(1);
  records[0].push_back(engine(scenario, scenario.strategies[0], 1, {}));
  watch = nullptr;
  tell(answer, sha256_hex(to_json(result_of(scenario, {1}, records, {}))));
  tell(answer,
       std::to_string(time_by(CLOCK_PROCESS_CPUTIME_ID) - time_by(CLOCK_THREAD_CPUTIME_ID)));
}

std::string line_from(int end) {
  std::string text;
  for (char c = 0; read(end, &c, 1) == 1 && c != '\n';) text.push_back(c);
  return text;
}

// Nothing when the server has gone.
std::optional<Page> load(asio::io_context& context, const std::string& address) {
  const std::size_t colon = address.rfind(':'), slash = address.find('/', colon);
  std::optional<Page> page(std::in_place, context);
  const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1)));
  beast::error_code failed;
  page->next_layer().connect({asio::ip::make_address("127.0.0.1"), port}, failed);
  page->set_option(beast::websocket::stream_base::decorator(
      [&](auto& request) { request.set(beast::http::field::origin, address.substr(0, slash)); }));
  if (!failed) {
    page->handshake(address.substr(7, slash - 7), address.substr(slash) + "live", failed);
  }
  if (failed) page.reset();
  return page;
}

// A page until the server goes, or until it has been shown so much; how often it was shown
// something.
std::size_t look_on(const std::string& address, std::size_t most = SIZE_MAX) {
  asio::io_context context;
  std::optional<Page> page = load(context, address);
  std::size_t looks = 0;
  beast::error_code end;
  for (beast::flat_buffer text; page && !end && looks < most; text.clear()) {
    page->read(text, end);
    if (!end) ++looks;
  }
  return looks;
}

// Eight that read, one that is closed and loaded anew after three looks, one that never reads.
void crowd(const std::string& address, Used& used) {
  asio::io_context context;
  const std::optional<Page> deaf = load(context, address);
  std::vector<std::thread> readers;
  for (std::size_t i = 0; i < 7; ++i) readers.emplace_back([&] { look_on(address); });
  readers.emplace_back([&] {
    while (look_on(address, 3) == 3) ++used.loaded;
  });
  used.looks = look_on(address);
  for (std::thread& reader : readers) reader.join();
  used.loaded += 10;
}

Used measure(const Scenario& scenario, std::size_t pages) {
  int ends[2];
  if (pipe(ends) != 0) std::exit(4);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    play_here(scenario, pages > 0, ends[1]);
    _exit(0);
  }
  close(ends[1]);
  Used used;
  const std::string address = line_from(ends[0]);
  if (pages == 1) used.looks = look_on(address), used.loaded = 1;
  if (pages > 1) crowd(address, used);
  used.sha256 = line_from(ends[0]);
  const std::string beside = line_from(ends[0]);
  close(ends[0]);
  rusage usage{};
  int status = 0;
  if (wait4(child, &status, 0, &usage) != child || status != 0 || beside.empty()) std::exit(4);
  used.user = seconds(usage.ru_utime), used.system = seconds(usage.ru_stime);
  used.beside = std::stod(beside);
  return used;
}

double middle(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// "a page is +0.21 % ..."
void conclude(const char* who, const std::vector<Used>& alone, const std::vector<Used>& watched) {
  std::vector<double> ratios, beside;
  double least = 1e300, least_alone = 1e300;
  for (std::size_t i = 0; i < alone.size(); ++i) {
    const double with = watched[i].user + watched[i].system;
    const double without = alone[i].user + alone[i].system;
    ratios.push_back(with / without);
    beside.push_back(watched[i].beside / with);
    least = std::min(least, with), least_alone = std::min(least_alone, without);
  }
  std::printf(
      "%s: %+.2f %% by the middle ratio, %+.2f %% by the least of each; on threads beside "
      "the engine's %.3f %% (middle), %.3f %% (most)\n",
      who, (middle(ratios) - 1) * 100, (least / least_alone - 1) * 100, middle(beside) * 100,
      *std::ranges::max_element(beside) * 100);
}

int compare(std::size_t rounds, const std::string& users) {
  Scenario scenario = million(users);
  scenario.strategies = {preset_named("broadcast")->spec};
  std::vector<Used> of[std::size(kPages)];
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t turn = 0; turn < std::size(kPages); ++turn) {  // who is first changes
      const std::size_t kind = (turn + round) % std::size(kPages);
      const Used used = measure(scenario, kPages[kind]);
      std::printf(
          "round %zu, %2zu pages: %.2f + %.2f s, %.3f s of it beside the engine; %zu looks, "
          "%zu times loaded; result.json %.12s\n",
          round + 1, kPages[kind], used.user, used.system, used.beside, used.looks, used.loaded,
          used.sha256.c_str());
      std::fflush(stdout);
      of[kind].push_back(used);
    }
  }
  for (const std::vector<Used>& runs : of) {
    for (const Used& used : runs) {
      if (used.sha256 != of[0][0].sha256) return 1;
    }
  }
  std::printf("user + system, %s users, equal bytes\n", users.c_str());
  conclude("one page", of[0], of[1]);
  conclude("ten pages", of[0], of[2]);
  return 0;
}

}  // namespace
}  // namespace squall

int main(int count, char** words) {
  const int rounds = count > 1 ? std::atoi(words[1]) : 5;
  return squall::compare(static_cast<std::size_t>(std::max(rounds, 1)),
                         count > 2 ? words[2] : "1000000");
}
