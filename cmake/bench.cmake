# The benchmarks: programs, Google Benchmarks, and other simulators where they are installed.
#
# bench/<folder>/*_main.cpp are programs; what lies beside them they share. bench/*.cpp are Google
# Benchmarks, one executable each. Included by CMakeLists.txt, which names the files.
set(bench_programs ${bench_shared})
list(FILTER bench_shared EXCLUDE REGEX "_main\\.cpp$")
list(FILTER bench_programs INCLUDE REGEX "_main\\.cpp$")
list(FILTER bench_programs EXCLUDE REGEX "/phold_(ns3|simgrid)_main\\.cpp$")
add_library(squall_bench STATIC ${bench_shared})
target_link_libraries(squall_bench PUBLIC ${squall_everything})
foreach(file IN LISTS bench_programs)
  cmake_path(GET file STEM name)
  add_executable(${name} ${file})
  target_link_libraries(${name} PRIVATE squall_bench)
endforeach()
# It starts these two.
if(TARGET live_tests)
  add_dependencies(live_tests squall_nodes_main load_client_main)
endif()

find_package(benchmark QUIET)
if(benchmark_FOUND)
  foreach(file IN LISTS bench_files)
    cmake_path(GET file STEM name)
    add_executable(${name} ${file})
    target_link_libraries(${name} PRIVATE squall_bench benchmark::benchmark_main)
    list(APPEND google_benchmarks ${name})
  endforeach()
elseif(bench_files)
  message(STATUS "bench/*.cpp are not built: Google Benchmark (libbenchmark-dev) was not found")
endif()
# What `make bench` builds.
add_custom_target(benchmarks DEPENDS ${google_benchmarks})

# PHOLD on other simulators, for bench/peers/phold. Only their headers and one library are used.
set(SQUALL_SIMGRID "" CACHE PATH "Where SimGrid's headers are, when not among those of the system")
find_path(SQUALL_NS3_HEADERS ns3/core-module.h)
find_library(SQUALL_NS3_LIBRARY ns3-core)
find_path(SQUALL_SIMGRID_HEADERS simgrid/kernel/Timer.hpp HINTS ${SQUALL_SIMGRID}
  PATH_SUFFIXES include)
find_library(SQUALL_SIMGRID_LIBRARY NAMES simgrid libsimgrid.so.3.32)
function(squall_phold_peer name headers library)
  if(NOT headers OR NOT library)
    return()
  endif()
  add_executable(${name} EXCLUDE_FROM_ALL bench/peers/${name}.cpp)
  target_include_directories(${name} SYSTEM PRIVATE ${headers})
  target_link_libraries(${name} PRIVATE squall_core ${library})
endfunction()
squall_phold_peer(phold_ns3_main "${SQUALL_NS3_HEADERS}" "${SQUALL_NS3_LIBRARY}")
squall_phold_peer(phold_simgrid_main "${SQUALL_SIMGRID_HEADERS}" "${SQUALL_SIMGRID_LIBRARY}")
if(TARGET phold_ns3_main)
  set_target_properties(phold_ns3_main PROPERTIES CXX_STANDARD 17)  # its headers are not C++20
endif()
