// squall.log of a run folder: what happened in order, also on standard error with --verbose.
// Its order is that of the finished runs, so it may differ between numbers of threads.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "report/measure/result.hpp"
#include "sim/farm/farm.hpp"

namespace squall {

class RunLog {
 public:
  // verbose 0: silent; 1: each finished run; 2: everything.
  RunLog(int verbose, std::ostream& err) : verbose_(verbose), err_(err) {}

  void begin(const std::vector<std::string>& arguments, const std::string& started);
  void finished(const FarmProgress& progress);
  void end(const Result& result);
  const std::string& text() const { return text_; }

 private:
  void say(int level, const std::string& line);

  int verbose_;
  std::ostream& err_;
  std::string text_;
};

}  // namespace squall
