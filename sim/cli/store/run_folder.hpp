// Where runs are kept:
//
//   squall-results/.gitignore, latest -> <scenario>/<UTC timestamp>-<hash6>
//   squall-results/<scenario>/<UTC timestamp>-<hash6>/manifest.json, result.json ...
//
// A folder is written beside its place and renamed, so nothing half-written can be seen, and an
// existing one is never overwritten. When the disk is full, the files that fitted are kept under a
// name that ends in "-incomplete". What is in the files is not known here.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace squall {

struct RunFile {
  std::string path;  // inside the run folder, e.g. "hist/routed.hgrm"
  std::string bytes;
};

struct StoredRun {
  std::filesystem::path folder;
  std::string error;  // a sentence; empty when all is written
};

// Makes the folder of all runs and its .gitignore. Returns a sentence on failure, else nothing.
std::string prepare_results(const std::filesystem::path& root);

// `latest` points at the last complete run.
// `stamp` is the name wished for, e.g. "20261122T104412Z-7f3a1c"; a taken one gets "-2" and so on.
StoredRun store_run(const std::filesystem::path& root, const std::string& scenario,
                    const std::string& stamp, const std::vector<RunFile>& files,
                    bool complete = true);

// The folder that the user means: a path, `latest`, or a path inside `root`. Empty: none.
std::filesystem::path find_run(const std::filesystem::path& root, const std::string& word);

struct RunEntry {
  std::string scenario;
  std::string stamp;
};
std::vector<RunEntry> stored_runs(const std::filesystem::path& root);  // by scenario, then stamp

// A name from a scenario file as one path segment: everything unusual becomes '-'.
std::string as_file_name(const std::string& name);

}  // namespace squall
