// squall-mpi under mpirun: the same bytes as squall, for any number of ranks. Runs the real
// binaries.
//
// Skipped, aloud, where mpirun is missing or squall-mpi was not built. What a failing rank does is
// tested without MPI in tests/farm/sweep_cells_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <sstream>

#include "tests/support/place.hpp"
#include "tests/support/sweep.hpp"

namespace squall::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

// Where the shell would find it; empty: nowhere.
std::string program_in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path file = fs::path(folder) / name;
    if (::access(file.c_str(), X_OK) == 0) return file.string();
  }
  return {};
}

fs::path squall_mpi() { return fs::path(squall_binary()).parent_path() / "squall-mpi"; }

class SweepMpi : public ::testing::Test {
 protected:
  void SetUp() override {
    mpirun_ = program_in_path("mpirun");
    if (mpirun_.empty()) GTEST_SKIP() << "SKIPPED: mpirun (Debian package openmpi-bin) is missing";
    if (!fs::exists(squall_mpi())) GTEST_SKIP() << "SKIPPED: squall-mpi was not built";
  }

  // `around`: a program that becomes squall-mpi.
  ProcessResult ranks(int count, const Words& words, const Words& around = {}) const {
    Words command{mpirun_,
                  "--allow-run-as-root",
                  "--oversubscribe",
                  "--mca",
                  "pml",
                  "ob1",
                  "--mca",
                  "btl",
                  "self,vader",
                  "--mca",
                  "odls_base_sigkill_timeout",
                  "0",
                  "-n",
                  std::to_string(count)};
    command.insert(command.end(), around.begin(), around.end());
    command.push_back(squall_mpi().string());
    command.insert(command.end(), words.begin(), words.end());
    return run_process({command,
                        squall_.folder().path().string(),
                        {"OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"},
                        {}});
  }

  Squall squall_;
  std::string mpirun_;
};

TEST_F(SweepMpi, any_number_of_ranks_gives_the_bytes_of_squall) {
  squall_(small_sweep("threads"));
  ASSERT_TRUE(outputs_in(squall_, "threads").whole());

  for (const int count : {1, 2, 4}) {
    const std::string folder = "ranks" + std::to_string(count);
    const ProcessResult result = ranks(count, small_sweep(folder));

    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(outputs_in(squall_, folder), outputs_in(squall_, "threads")) << count;
  }
}

TEST_F(SweepMpi, ranks_may_have_threads) {
  squall_(small_sweep("threads"));

  const ProcessResult result = ranks(2, small_sweep("ranks", {"-j", "3"}));

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(outputs_in(squall_, "ranks"), outputs_in(squall_, "threads"));
}

TEST_F(SweepMpi, standard_output_is_that_of_one_squall) {
  const ProcessResult one = squall_(small_sweep("threads", {"--json"}));

  // Past mpirun: that of Open MPI 5 loses some bytes of what it forwards when it is busy.
  const ProcessResult result =
      ranks(3, small_sweep("ranks", {"--json"}), {"/bin/sh", "-c", "exec \"$@\" >>out.json", "sh"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(squall_.folder().read("out.json"), one.out);
}

TEST_F(SweepMpi, what_squall_began_the_ranks_finish) {
  squall_(small_sweep("s"));
  const SweepOutputs whole = outputs_in(squall_, "s");
  const std::string journal = squall_.folder().read("s/cells.jsonl");
  squall_.folder().write("s/cells.jsonl", journal.substr(0, journal.size() / 2));

  const ProcessResult result = ranks(2, {"sweep", "--resume", "s", "-q"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(outputs_in(squall_, "s"), whole);
}

TEST_F(SweepMpi, a_bad_command_line_is_exit_2_and_all_ranks_end) {
  const ProcessResult grid = ranks(3, {"sweep", "small.json", "--grid", "/nothing/here=1"});
  const ProcessResult run = ranks(2, {"run", "small.json"});

  EXPECT_EQ(grid.exit_code, 2);
  EXPECT_THAT(grid.err, HasSubstr("error: --grid /nothing/here=1"));
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("squall-mpi only knows sweep"));
}

TEST_F(SweepMpi, a_cell_with_a_broken_law_is_exit_4) {
  const ProcessResult result = ranks(2, small_sweep("s", {"--max-events", "10"}));

  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.err, HasSubstr("exit 4: "));
}

// The dynamic section names the libraries that a program needs to start.
TEST(SquallWithoutMpi, squall_itself_does_not_need_libmpi) {
  const std::string ldd = program_in_path("ldd");
  if (ldd.empty()) GTEST_SKIP() << "SKIPPED: ldd is missing";

  const ProcessResult needs = run_process({{ldd, squall_binary()}, ".", {}, {}});

  EXPECT_EQ(needs.exit_code, 0);
  EXPECT_THAT(needs.out, HasSubstr("libc.so"));
  EXPECT_THAT(needs.out, Not(HasSubstr("mpi")));
}

}  // namespace
}  // namespace squall::testing
