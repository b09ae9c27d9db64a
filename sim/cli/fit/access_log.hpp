// A web server's access log in the combined format, with $request_time somewhere behind it: each
// answer 101 was a connection that ended at the line's time and had lasted so long.
//
// Other answers are passed over and counted. What was said on a connection is not in such a log:
// only how many bytes went to the client.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/cli/fit/recorder.hpp"
#include "sim/cli/fit/text_lines.hpp"

namespace squall::fit {

struct AccessLogArguments {
  std::string room;  // the argument of the query that names it
  std::string user;  // the same; empty: $remote_user, or $remote_addr
};

class AccessLog {
 public:
  AccessLog(Recorder& recorder, AccessLogArguments arguments)
      : recorder_(recorder), arguments_(std::move(arguments)) {}

  Mistake read(std::string_view line, std::size_t number);
  std::uint64_t others() const { return others_; }  // lines that were no connection

  // Whether a file's first line looks like one of these, and not like a header of columns.
  static bool looks_like(std::string_view line);

 private:
  Recorder& recorder_;
  AccessLogArguments arguments_;
  std::uint64_t others_ = 0;
};

}  // namespace squall::fit
