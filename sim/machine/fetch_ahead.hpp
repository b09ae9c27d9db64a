// Asks the processor to fetch what is about to be used. It changes no result, only the waiting.
// A fan-out touches a cache line per recipient in no order that hardware could guess.
#pragma once

namespace squall {

inline void fetch_ahead(const void* address) { __builtin_prefetch(address); }

}  // namespace squall
