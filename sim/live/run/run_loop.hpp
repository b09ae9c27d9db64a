// A loop of a live run, and what happened on its thread: the loop itself knows no books.
//
// The facts belong to the loop's thread while it runs, and to who has joined it afterwards.
#pragma once

#include "sim/live/books/facts.hpp"
#include "sim/live/net/loop.hpp"

namespace squall::live {

class RunLoop final : public Loop {
 public:
  using Loop::Loop;

  Facts& facts() { return facts_; }

 private:
  Facts facts_;
};

}  // namespace squall::live
