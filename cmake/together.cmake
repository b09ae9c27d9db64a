# A folder is compiled as one: most of what the compiler does for a file is reading the same headers
# and instantiating the same templates as for its neighbours, so that this takes a quarter of the
# time. Names in anonymous namespaces are therefore unique in a folder.
#
# squall_together(<variable> <name> <file>...): sets <variable> to one source for each folder of the
# files, which includes them. `name` tells apart what is made of one folder for several targets. The
# includes are relative to the tree, so that the compiler's cache serves every clone.
option(SQUALL_TOGETHER "Compile each folder as one (off: each file for itself)" ON)

function(squall_together variable name)
  set(sources)
  set(folders)
  foreach(file IN LISTS ARGN)
    cmake_path(IS_PREFIX CMAKE_BINARY_DIR "${file}" generated)
    if(NOT SQUALL_TOGETHER OR generated)
      list(APPEND sources "${file}")
      continue()
    endif()
    cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE path)
    cmake_path(GET path PARENT_PATH folder)
    string(MAKE_C_IDENTIFIER "${folder}" id)
    list(APPEND folders ${id})
    string(APPEND text_${id} "#include \"${path}\"\n")
  endforeach()
  list(REMOVE_DUPLICATES folders)
  foreach(id IN LISTS folders)
    set(together ${CMAKE_BINARY_DIR}/together/${name}/${id}.cpp)
    file(CONFIGURE OUTPUT ${together} CONTENT "${text_${id}}" @ONLY)
    list(APPEND sources ${together})
  endforeach()
  set(${variable} ${sources} PARENT_SCOPE)
endfunction()

# squall_of_folder(<variable> <folder> <source>...): those sources that were made of this folder, or
# of one below it.
function(squall_of_folder variable folder)
  string(MAKE_C_IDENTIFIER "${folder}" id)
  set(sources ${ARGN})
  list(FILTER sources INCLUDE REGEX "/${folder}/|/${id}(_[a-z]+)*\\.cpp$")
  set(${variable} ${sources} PARENT_SCOPE)
endfunction()
