# The browser test of the HTML report as a ctest: tests/browser/run.sh.
#
# It installs what it needs from npm into the build directory, and is skipped, aloud, when node, npm
# or Chromium are missing. Not under sanitizers: they have nothing to see in a browser.
if(TARGET squall AND NOT SQUALL_SANITIZE)
  add_test(NAME browser/report_page
    COMMAND ${CMAKE_SOURCE_DIR}/tests/browser/run.sh $<TARGET_FILE:squall>
      ${CMAKE_BINARY_DIR}/npm/browser)
  set_tests_properties(browser/report_page PROPERTIES LABELS "everyday;browser" TIMEOUT 900
    SKIP_RETURN_CODE 77)
endif()
