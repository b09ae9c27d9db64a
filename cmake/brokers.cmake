# The libraries of the brokers that need one: NATS, RabbitMQ and Kafka.
#
# Sets SQUALL_BROKER_LIBRARIES (what squall_live links) and SQUALL_BROKER_EXCLUDE (which of its files
# stay out). Each broker has a file, and another one with _missing in its name that refuses to
# connect and says which package was not there: exactly one of the two is compiled. Included by
# CMakeLists.txt.
option(SQUALL_BROKERS "NATS, RabbitMQ and Kafka, through their libraries where these are found" ON)
set(SQUALL_BROKER_LIBRARIES "")
set(SQUALL_BROKER_EXCLUDE "")

# squall_broker(<library> HEADER <file> PACKAGE <Debian package> FILES <name>...)
function(squall_broker library)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "HEADER;PACKAGE" "FILES")
  string(TOUPPER SQUALL_${library} name)
  find_path(${name}_INCLUDE ${arg_HEADER})
  find_library(${name}_LIBRARY ${library})
  mark_as_advanced(${name}_INCLUDE ${name}_LIBRARY)
  set(exclude ${SQUALL_BROKER_EXCLUDE})
  if(SQUALL_BROKERS AND ${name}_INCLUDE AND ${name}_LIBRARY)
    add_library(${name} INTERFACE)
    target_include_directories(${name} SYSTEM INTERFACE ${${name}_INCLUDE})
    target_link_libraries(${name} INTERFACE ${${name}_LIBRARY})
    set(SQUALL_BROKER_LIBRARIES ${SQUALL_BROKER_LIBRARIES} ${name} PARENT_SCOPE)
    set(suffix _missing)
  else()
    message(STATUS "squall is built without lib${library} (Debian package ${arg_PACKAGE})")
    set(suffix "")
  endif()
  foreach(file IN LISTS arg_FILES)
    list(APPEND exclude "/${file}${suffix}\\.cpp$")
  endforeach()
  set(SQUALL_BROKER_EXCLUDE ${exclude} PARENT_SCOPE)
endfunction()

squall_broker(nats HEADER nats/nats.h PACKAGE libnats-dev FILES broker_link_nats)
squall_broker(rabbitmq HEADER amqp_tcp_socket.h PACKAGE librabbitmq-dev FILES broker_link_amqp)
squall_broker(rdkafka HEADER librdkafka/rdkafka_mock.h PACKAGE librdkafka-dev
  FILES broker_link_kafka kafka_mock)

# See the file. No one calls what is in it but the library, so the linker has to be told.
if(TARGET SQUALL_RDKAFKA AND SQUALL_SANITIZE MATCHES "thread")
  target_link_options(SQUALL_RDKAFKA INTERFACE -Wl,--undefined=thrd_create)
else()
  list(APPEND SQUALL_BROKER_EXCLUDE "/kafka_threads_for_tsan\\.cpp$")
endif()
