// The process between squall and a program it started. See child_process.hpp for the reason.
//
// It is forked from a process with many threads and never becomes another program, so it may only
// call what a signal handler may call: no memory is allocated, no lock is taken. It hears orders
// on a socket and answers with reports.
#pragma once

namespace squall::live {

struct Order {
  enum Kind : int { start, signal, stop, kill, leave };
  int kind;
  int value;  // signal: its number; stop: patience in ms
};

struct Report {
  enum Kind : int { started, failed, ended };
  int kind;
  int value;  // started: process id; failed: errno; ended: status of waitpid()
};

// What to run, in the form of execve(). Belongs to the caller and must stay as it is.
struct GuardedProgram {
  const char* path;
  char* const* arguments;    // the program first, null at the end
  char* const* environment;  // null at the end
  const char* folder;
  const char* output;
  const char* remove_when_orphaned;  // null: nothing
};

// In the forked process, with all signals blocked: obeys until it is told to leave or the socket
// `line` ends. Only in the second case the folder is removed: nobody else will do it.
[[noreturn]] void guard(const GuardedProgram& program, int line);

}  // namespace squall::live
