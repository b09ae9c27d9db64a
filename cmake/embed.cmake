# Puts every scenarios/*/*.json into the binary, as the table of scenarios/model/library.hpp.
#
# Included by CMakeLists.txt it defines squall_embedded_scenarios(); run as a script
# (cmake -D OUTPUT=... -D FILES=... -P) it writes that table. An edited scenario reruns the script.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(SQUALL_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

  function(squall_embedded_scenarios variable)
    file(GLOB files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} scenarios/*/*.json)
    list(SORT files)
    set(output ${CMAKE_BINARY_DIR}/generated/scenario_library.cpp)
    # The list of names is an input too: a removed scenario must leave the table.
    set(list_file ${CMAKE_BINARY_DIR}/generated/scenario_library.txt)
    file(CONFIGURE OUTPUT ${list_file} CONTENT "${files}")
    add_custom_command(OUTPUT ${output}
      COMMAND ${CMAKE_COMMAND} -D OUTPUT=${output} -D LIST=${list_file} -P ${SQUALL_EMBED_SCRIPT}
      DEPENDS ${files} ${list_file} ${SQUALL_EMBED_SCRIPT}
      WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
      COMMENT "Embedding the scenario library" VERBATIM)
    set(${variable} ${output} PARENT_SCOPE)
  endfunction()
  return()
endif()

cmake_minimum_required(VERSION 3.25)
file(READ "${LIST}" files)
set(rows "")
set(count 0)
foreach(file IN LISTS files)
  file(READ "${file}" text)
  cmake_path(GET file STEM name)
  cmake_path(GET file PARENT_PATH folder)
  cmake_path(GET folder FILENAME folder)
  string(APPEND rows "    {\"${name}\", \"${folder}\", R\"squall_json(${text})squall_json\"},\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE "${OUTPUT}" "// Generated from scenarios/*/*.json by cmake/embed.cmake; do not edit.
#include \"scenarios/model/library.hpp\"

#include <array>

namespace squall {

std::span<const LibraryFile> scenario_library() {
  static constexpr std::array<LibraryFile, ${count}> files{{
${rows}  }};
  return files;
}

}  // namespace squall
")
