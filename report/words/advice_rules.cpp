// When a difference counts, in words: the margins of measure/criteria.cpp, as the page tells them.
// Who changes one changes the other.
#include "report/words/advice.hpp"

namespace squall {

std::string advice_rules() {
  return "Differences up to 2 %, or that the replications leave in doubt, count as none; neither "
         "do "
         "those below 1 ms of latency, 0.5 points of CPU, 0.02 points of deafness or duplicates. "
         "Loss is compared by its ratio, traffic per delivered byte. Who loses 5 % and twice the "
         "best is not held up as cheap or quick.";
}

}  // namespace squall
