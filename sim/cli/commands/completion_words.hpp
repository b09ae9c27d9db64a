// The names that a shell can complete: scenarios, strategies, metrics, paths for --set, topics.
// Each is read from the registry that the commands themselves use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace squall {

// What may stand behind a flag ("--strategy"); empty: nothing is known about it.
std::vector<std::string> words_for_flag(std::string_view flag);
// What may stand behind a command where no flag asks for a value: "run" -> scenarios.
std::vector<std::string> words_for_command(std::string_view command);

}  // namespace squall
