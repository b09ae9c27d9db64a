// Starting threads where the machine may give fewer than were asked for: a limit of memory or of
// processes is no reason to end, as whoever starts works too, and results depend on no number.
#pragma once

#include <cstddef>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

namespace squall {

// Adds up to `count` threads that call work(i), i from 0; stops at the first that cannot be had.
template <typename Work>
void add_threads(std::vector<std::thread>& threads, std::size_t count, const Work& work) {
  try {
    threads.reserve(threads.size() + count);
    for (std::size_t i = 0; i < count; ++i) threads.emplace_back([work, i] { work(i); });
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace squall
