// Any value of RESP, for properties of whoever reads them: resp_test.cpp and resp_reader_test.cpp.
// It is made as text, because values borrow.
#pragma once

#include <rapidcheck.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "sim/live/resp/resp.hpp"

namespace squall::live {

// The encoding of any value; arrays are nested no deeper than `depth`.
inline std::string arbitrary_value(int depth) {
  std::string out;
  const auto line = [] {
    return *rc::gen::container<std::string>(
        rc::gen::suchThat<char>([](char c) { return c != '\r' && c != '\n'; }));
  };
  switch (*rc::gen::inRange(0, depth > 0 ? 7 : 6)) {
    case 0: write_simple(out, line()); break;
    case 1: write_error(out, line()); break;
    case 2: write_integer(out, *rc::gen::arbitrary<std::int64_t>()); break;
    case 3: write_bulk(out, *rc::gen::arbitrary<std::string>()); break;
    case 4: write_nil(out); break;
    case 5: write_bulk(out, "\r\n$-1\r\n"); break;
    default: {
      const auto items = *rc::gen::inRange<std::size_t>(0, 5);
      write_array(out, items);
      for (std::size_t i = 0; i < items; ++i) out += arbitrary_value(depth - 1);
    }
  }
  return out;
}

}  // namespace squall::live
