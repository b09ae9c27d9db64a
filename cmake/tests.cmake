# Every tests/**/*_test.cpp is one executable, named as its file and linked with everything.
#
# Labels: tests/long/ is `long`, all others are `everyday`. Any other .cpp below tests/ is help for
# the tests and goes into one library that they all link. Included by CMakeLists.txt.
find_package(GTest REQUIRED)
find_package(rapidcheck REQUIRED)
include(GoogleTest)

file(GLOB_RECURSE tool_files CONFIGURE_DEPENDS tests/*.cpp)
list(FILTER tool_files EXCLUDE REGEX "_test\\.cpp$|/tests/fuzz/")
if(tool_files)
  add_library(squall_test_tools STATIC ${tool_files})
  target_compile_options(squall_test_tools PRIVATE ${squall_test_code})
  target_link_libraries(squall_test_tools PUBLIC ${squall_everything} GTest::gtest)
  set(squall_test_tools squall_test_tools)
endif()
# One file knows absolute paths: the compiler's cache then serves all others to every clone.
set_source_files_properties(tests/support/place.cpp PROPERTIES COMPILE_DEFINITIONS
  "SQUALL_SOURCE_DIR=\"${CMAKE_SOURCE_DIR}\";SQUALL_BINARY=\"${CMAKE_BINARY_DIR}/squall\";SQUALL_NPM=\"${CMAKE_BINARY_DIR}/npm/products\"")

file(GLOB_RECURSE test_files CONFIGURE_DEPENDS tests/*_test.cpp)
foreach(file IN LISTS test_files)
  cmake_path(GET file STEM name)
  if(TARGET ${name})
    message(FATAL_ERROR "two tests are called ${name}: test files need different names")
  endif()
  # What is not green yet, or wants a quiet machine: `make night`, not the gate.
  if(name MATCHES "^(parity_table_test|dilated_test|agreement_products_test)$")
    set(label night)
    set(timeout 7200)
  elseif(file MATCHES "/tests/long/")
    set(label long)
    set(timeout 1800)
  # Small attaches, to every product and through TLS, are everyday.
  elseif(file MATCHES "/tests/(parity|products)/" AND
         NOT name MATCHES "^(attach_products_test|attach_tls_test)$")
    set(label live)
    set(timeout 900)
  else()
    set(label everyday)
    set(timeout 300)
  endif()

  add_executable(${name} ${file})
  target_compile_options(${name} PRIVATE ${squall_test_code})
  if(file MATCHES "/tests/(live|contract|farm)/|/watch_(pages_)?test")
    list(APPEND threaded_tests ${name})
    string(APPEND label "-threaded")  # in one word: gtest_discover_tests() loses lists
  endif()
  target_link_libraries(${name} PRIVATE ${squall_test_tools} ${squall_everything}
    rapidcheck GTest::gmock GTest::gtest GTest::gtest_main)
  if(TARGET squall)
    add_dependencies(${name} squall)
  endif()
  # ctest runs every test in a process of its own, and RabbitMQ takes many seconds to start.
  if(name MATCHES "rabbitmq")
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${timeout})
    continue()
  endif()
  set(processors 1)
  if(name STREQUAL "parity_table_test")
    set(processors 3)  # it plays three cells at once by itself
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    TEST_PREFIX "${name}/" PROPERTIES LABELS ${label} TIMEOUT ${timeout} PROCESSORS ${processors})
endforeach()

# squall-mpi is found beside squall; the test says so when it is not there.
if(TARGET squall-mpi AND TARGET sweep_mpi_test)
  add_dependencies(sweep_mpi_test squall-mpi)
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
