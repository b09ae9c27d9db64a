// The executable `squall`: hands the command line to squall_main() and nothing else.
// Where to go next: sim/cli/commands/commands.cpp, the table of what it can do.
#include <iostream>
#include <string>
#include <vector>

#include "sim/cli/app.hpp"

int main(int count, char** words) {
  return squall::squall_main(std::vector<std::string>(words, words + count), std::cout, std::cerr);
}
