# The *_test.cpp of a folder below tests/ are one program, <folder>_tests; those of tests/ itself are
# unit_tests. Each is linked with everything.
#
# What is played at another time than its neighbours is a program of its own: see the labels below.
# Any other .cpp below tests/ is help for the tests and goes into one library that they all link.
# Included by CMakeLists.txt.
find_package(GTest REQUIRED)
find_package(rapidcheck REQUIRED)
include(GoogleTest)

file(GLOB_RECURSE tool_files CONFIGURE_DEPENDS tests/*.cpp)
list(FILTER tool_files EXCLUDE REGEX "_test\\.cpp$|/tests/fuzz/")
# One file knows absolute paths: the compiler's cache then serves all others to every clone.
set(place tests/support/place.cpp)
set_source_files_properties(${place} PROPERTIES COMPILE_DEFINITIONS
  "SQUALL_SOURCE_DIR=\"${CMAKE_SOURCE_DIR}\";SQUALL_BINARY=\"${CMAKE_BINARY_DIR}/squall\";SQUALL_NPM=\"${CMAKE_BINARY_DIR}/npm/products\"")
list(REMOVE_ITEM tool_files ${CMAKE_SOURCE_DIR}/${place})
squall_together(tool_files squall_test_tools ${tool_files})
add_library(squall_test_tools STATIC ${tool_files} ${place})
target_compile_options(squall_test_tools PRIVATE ${squall_test_code})
target_link_libraries(squall_test_tools PUBLIC ${squall_everything} GTest::gtest)

# Sets <program> and <label>, what a test file belongs to.
function(squall_program_of file program label)
  cmake_path(GET file STEM name)
  cmake_path(GET file PARENT_PATH folder)
  cmake_path(GET folder FILENAME folder)
  set(in ${folder}_tests)
  if(folder STREQUAL "tests")
    set(in unit_tests)
  endif()
  set(runs everyday)
  # What is not green yet, or wants a quiet machine: `make night`, not the gate.
  if(name MATCHES "^(parity_table_test|dilated_test|agreement_products_test|room_products_test)$")
    set(in ${name})
    set(runs night)
  elseif(folder STREQUAL "long")
    set(runs long)
  elseif(folder STREQUAL "parity" OR name STREQUAL "attach_faults_test")
    set(in ${folder}_live_tests)
    set(runs live)
  # Labels in one word: gtest_discover_tests() loses lists.
  elseif(folder MATCHES "^(live|contract|farm)$")
    set(runs everyday-threaded)
  elseif(name MATCHES "^watch_(pages_)?test$")
    set(in watch_tests)
    set(runs everyday-threaded)
  endif()
  set(${program} ${in} PARENT_SCOPE)
  set(${label} ${runs} PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE test_files CONFIGURE_DEPENDS tests/*_test.cpp)
foreach(file IN LISTS test_files)
  squall_program_of(${file} name label)
  list(APPEND test_programs ${name})
  list(APPEND files_${name} ${file})
  set(label_${name} ${label})
endforeach()
list(REMOVE_DUPLICATES test_programs)

set(timeout_everyday 300)
set(timeout_everyday-threaded 300)
set(timeout_live 900)
set(timeout_long 1800)
set(timeout_night 7200)
foreach(name IN LISTS test_programs)
  set(label ${label_${name}})
  squall_together(sources ${name} ${files_${name}})
  add_executable(${name} ${sources})
  target_compile_options(${name} PRIVATE ${squall_test_code})
  target_link_libraries(${name} PRIVATE squall_test_tools ${squall_everything}
    rapidcheck GTest::gmock GTest::gtest GTest::gtest_main)
  if(label MATCHES "threaded")
    list(APPEND threaded_tests ${name})
  endif()
  if(TARGET squall)
    add_dependencies(${name} squall)
  endif()
  set(processors 1)
  if(name STREQUAL "parity_table_test")
    set(processors 3)  # it plays three cells at once by itself
  endif()
  # ctest runs every test in a process of its own, and RabbitMQ takes many seconds to start: what is
  # asked of it is one test.
  set(apart)
  if(name STREQUAL "contract_tests")
    set(apart TEST_FILTER "-Rabbitmq/*")
    add_test(NAME ${name}/Rabbitmq COMMAND ${name} --gtest_filter=Rabbitmq/*)
    set_tests_properties(${name}/Rabbitmq PROPERTIES LABELS ${label} TIMEOUT ${timeout_${label}}
      FAIL_REGULAR_EXPRESSION "Running 0 tests")
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 ${apart}
    TEST_PREFIX "${name}/" PROPERTIES LABELS ${label} TIMEOUT ${timeout_${label}}
    PROCESSORS ${processors})
endforeach()

# squall-mpi is found beside squall; the test says so when it is not there.
if(TARGET squall-mpi AND TARGET sweep_tests)
  add_dependencies(sweep_tests squall-mpi)
endif()

# Those that have threads: what the preset tsan builds and runs, by their label.
add_custom_target(threaded_tests DEPENDS ${threaded_tests})

# The examples for CI are not built into the binary; they must be valid all the same.
file(GLOB_RECURSE example_files CONFIGURE_DEPENDS scenarios/ci/*.json)
if(TARGET squall AND example_files)
  add_test(NAME examples_are_valid COMMAND squall validate ${example_files})
  set_tests_properties(examples_are_valid PROPERTIES LABELS everyday)
endif()

include(cmake/browser.cmake)
