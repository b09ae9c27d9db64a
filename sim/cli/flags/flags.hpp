// Which flags each subcommand takes. The same flag is declared by the same function everywhere.
//
// Every long flag can also be given as an environment variable: --max-events is
// SQUALL_MAX_EVENTS. The command line wins.
#pragma once

namespace CLI {
class App;
}

namespace squall {

struct Options;

void declare_run(CLI::App& command, Options& options);
void declare_attach(CLI::App& command, Options& options);
void declare_calibrate(CLI::App& command, Options& options);
void declare_agreement(CLI::App& command, Options& options);
void declare_compare(CLI::App& command, Options& options);
void declare_baseline(CLI::App& command, Options& options);
void declare_report(CLI::App& command, Options& options);
void declare_validate(CLI::App& command, Options& options);
void declare_predict(CLI::App& command, Options& options);
void declare_size(CLI::App& command, Options& options);
void declare_fit(CLI::App& command, Options& options);
void declare_list(CLI::App& command, Options& options);
void declare_schema(CLI::App& command, Options& options);
void declare_init(CLI::App& command, Options& options);
void declare_sweep(CLI::App& command, Options& options);
void declare_replay(CLI::App& command, Options& options);
void declare_explain(CLI::App& command, Options& options);
void declare_why(CLI::App& command, Options& options);
void declare_explore(CLI::App& command, Options& options);
void declare_hash(CLI::App& command, Options& options);
void declare_completion(CLI::App& command, Options& options);
void declare_version(CLI::App& command, Options& options);
void declare_help(CLI::App& command, Options& options);

}  // namespace squall
