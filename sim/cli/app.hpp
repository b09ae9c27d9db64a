// From the words of the command line to an exit code: parse, dispatch, say how it ended.
//
// Errors of the user never leave as exceptions; those of squall itself are caught here, once.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace squall {

// `arguments` as in main(), program name first. Returns the process's exit code, after the last
// line `exit N: meaning` on `err` when it is not 0.
int squall_main(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err);

}  // namespace squall
