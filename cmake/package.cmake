# What `cmake --install` puts where, and the .deb that `cpack` makes of it: the programs, a manual
# page per command and the completions of three shells, all of which squall itself writes.
#
# Included after the programs are declared. The package's dependencies are read from the binaries.
include(GNUInstallDirs)

# The programs that are installed say what the pages hold, so the pages are written at that time.
configure_file(${CMAKE_SOURCE_DIR}/cmake/install_docs.cmake.in
  ${CMAKE_BINARY_DIR}/install_docs.cmake.gen @ONLY)
file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/install_docs-$<CONFIG>.cmake
  INPUT ${CMAKE_BINARY_DIR}/install_docs.cmake.gen)
install(SCRIPT ${CMAKE_BINARY_DIR}/install_docs-$<CONFIG>.cmake)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# 0.1.0-1~deb12: packages of two releases depend on other libraries, and must not be mistaken.
set(release "")
if(EXISTS /etc/os-release)
  file(STRINGS /etc/os-release os REGEX "^(ID|VERSION_ID)=")
  string(REGEX REPLACE ".*VERSION_ID=\"?([0-9.]+)\"?.*" "\\1" os_version "${os}")
  string(REGEX REPLACE "(^|.*;)ID=\"?([a-z]+)\"?.*" "\\2" os_name "${os}")
  if(os_name STREQUAL "debian")
    set(release "1~deb${os_version}")
  endif()
endif()

set(CPACK_DEBIAN_PACKAGE_RELEASE "${release}")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME squall)
set(CPACK_PACKAGE_VENDOR squall)
set(CPACK_PACKAGE_CONTACT "the squall authors <squall@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "WebSocket cluster strategies, compared")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
include(CPack)
