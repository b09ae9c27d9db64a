// What a page that watches costs a run of a million clients: user and system time of the process.
//
//   watched_main [ROUNDS [USERS]]      default 5 rounds, 1,000,000 users
//
// The same run, alternately with nobody and with a page that is connected from the first event to
// the last, as a browser is: the server of `--watch`, four looks a second. Each run is a process of
// its own; the page is in this one, and its time does not count. Nothing is judged here.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "scenarios/model/library.hpp"
#include "scenarios/model/load.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/watch/watch.hpp"
#include "sim/kernel/engine.hpp"
#include "strategies/presets.hpp"

namespace squall {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

struct Used {
  double user = 0, system = 0;
  std::uint64_t fingerprint = 0;
  std::size_t looks = 0;  // that the page was shown
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

// In the child: tells where the page is (an empty line: nowhere), plays, tells the fingerprint.
void play_here(const Scenario& scenario, bool watched, int answer) {
  std::unique_ptr<Watch> watch;
  std::string address, error;
  PlayFunction engine = plain;
  if (watched) {
    watch = Watch::start(error);
    if (watch == nullptr) _exit(4);
    watch->state().begin(scenario, "sim", 1);
    engine = watch->state().watched(plain);
    address = watch->address();
  }
  address += '\n';
  if (write(answer, address.data(), address.size()) < 0) _exit(4);
  const RunRecord run = engine(scenario, preset_named("broadcast")->spec, 1, {});
  if (write(answer, &run.fingerprint, sizeof run.fingerprint) < 0) _exit(4);
}

std::string line_from(int end) {
  std::string text;
  for (char c = 0; read(end, &c, 1) == 1 && c != '\n';) text.push_back(c);
  return text;
}

// A page until the server goes; how often it was shown something.
std::size_t look_on(const std::string& address) {
  const std::size_t colon = address.rfind(':'), slash = address.find('/', colon);
  asio::io_context context;
  beast::websocket::stream<asio::ip::tcp::socket> page(context);
  const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1)));
  page.next_layer().connect({asio::ip::make_address("127.0.0.1"), port});
  page.set_option(beast::websocket::stream_base::decorator(
      [&](auto& request) { request.set(beast::http::field::origin, address.substr(0, slash)); }));
  page.handshake(address.substr(7, slash - 7), address.substr(slash) + "live");
  std::size_t looks = 0;
  beast::error_code end;
  for (beast::flat_buffer text; !end; text.clear()) {
    page.read(text, end);
    if (!end) ++looks;
  }
  return looks;
}

Used measure(const Scenario& scenario, bool watched) {
  int ends[2];
  if (pipe(ends) != 0) std::exit(4);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    play_here(scenario, watched, ends[1]);
    _exit(0);
  }
  close(ends[1]);
  Used used;
  const std::string address = line_from(ends[0]);
  if (!address.empty()) used.looks = look_on(address);
  const bool heard = read(ends[0], &used.fingerprint, sizeof used.fingerprint) ==
                     static_cast<ssize_t>(sizeof used.fingerprint);
  close(ends[0]);
  rusage usage{};
  int status = 0;
  if (wait4(child, &status, 0, &usage) != child || status != 0 || !heard) std::exit(4);
  const auto seconds = [](const timeval& time) {
    return double(time.tv_sec) + double(time.tv_usec) * 1e-6;
  };
  used.user = seconds(usage.ru_utime), used.system = seconds(usage.ru_stime);
  return used;
}

double middle(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

int compare(int rounds, const std::string& users) {
  const Scenario scenario = million(users);
  std::vector<double> alone, watched, ratios;
  for (int round = 0; round < rounds; ++round) {
    Used of[2];
    for (const bool second : {false, true}) {  // a b, b a: who comes second pays for no warm cache
      const bool page = second != (round % 2 == 1);
      of[page ? 1 : 0] = measure(scenario, page);
    }
    if (of[0].fingerprint != of[1].fingerprint) return 1;
    alone.push_back(of[0].user + of[0].system);
    watched.push_back(of[1].user + of[1].system);
    ratios.push_back(watched.back() / alone.back());
    std::printf("round %d: nobody %.2f + %.2f s, a page %.2f + %.2f s (%zu looks)  x %.4f\n",
                round + 1, of[0].user, of[0].system, of[1].user, of[1].system, of[1].looks,
                ratios.back());
    std::fflush(stdout);
  }
  const auto least = [](const std::vector<double>& values) {
    return *std::ranges::min_element(values);
  };
  std::printf(
      "user + system, %s users: a page is %+.2f %% by the middle ratio, %+.2f %% by the least "
      "of each\n",
      users.c_str(), (middle(ratios) - 1) * 100, (least(watched) / least(alone) - 1) * 100);
  return 0;
}

}  // namespace
}  // namespace squall

int main(int count, char** words) {
  const int rounds = count > 1 ? std::atoi(words[1]) : 5;
  return squall::compare(std::max(rounds, 1), count > 2 ? words[2] : "1000000");
}
