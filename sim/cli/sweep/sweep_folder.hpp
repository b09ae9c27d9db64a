// The folder of a sweep:
//
//   squall-results/sweep-<scenario>-<UTC timestamp>-<hash6>/
//     sweep.manifest.json   the request, the command line, when and by which squall it was begun
//     scenario.json         exact input bytes
//     cells.jsonl           the journal: a header and one line per finished cell
//     sweep.json sweep.csv report.html   made from the journal alone, when the sweep ends
//
// What the lines say is sweep_cell.hpp, how files are written sim/farm/sweep_journal.hpp.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/store/run_folder.hpp"
#include "sim/cli/sweep/sweep_request.hpp"
#include "sim/farm/sweep_journal.hpp"

namespace squall {

// The request of a stored sweep. Empty when there is none; then `error` says why.
std::optional<SweepRequest> stored_request(const std::filesystem::path& folder, std::string& error);
// Whether the folder holds a sweep, readable or not.
bool holds_sweep(const std::filesystem::path& folder);

// A new folder below `root` for a sweep that begins now; `error` on failure.
std::filesystem::path new_sweep_folder(const std::filesystem::path& root,
                                       const SweepRequest& request,
                                       const std::string& scenario_name, std::string& error);

// Makes the folder when it is not there, and writes manifest and scenario unless it has them.
// A sentence on failure, else empty.
std::string begin_sweep(const std::filesystem::path& folder, const SweepRequest& request,
                        const std::vector<std::string>& arguments);

SweepJournal::Opened open_journal(const std::filesystem::path& folder, const SweepRequest& request);

// Replaces files of the folder; a sentence on failure, else empty.
std::string write_outputs(const std::filesystem::path& folder, const std::vector<RunFile>& files);

}  // namespace squall
