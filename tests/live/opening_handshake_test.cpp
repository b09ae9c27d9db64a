// The opening handshake (RFC 6455 section 4) by hand: what is answered with 101, and which error
// of HTTP tells everybody else what would be right. Nobody gets a bare end of the connection.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/by_hand.hpp"
#include "tests/support/echo_server.hpp"
#include "tests/support/byte_socket.hpp"

namespace squall::testing {
namespace {

class OpeningHandshake : public ::testing::Test {
 protected:
  // The head of the answer, in lower case; all of it must come before an end in order.
  std::string head_of(const std::string& request, std::size_t piece = std::string::npos) {
    ByteSocket socket(server_.port());
    socket.say(request, piece);
    const bool in_order = socket.hear([](const std::string& text) {
      return text.starts_with("HTTP/1.1 101") && text.find("\r\n\r\n") != text.npos;
    });
    EXPECT_TRUE(in_order) << "reset";
    std::string head = socket.heard().substr(0, socket.heard().find("\r\n\r\n") + 2);
    std::ranges::transform(head, head.begin(), [](unsigned char c) { return std::tolower(c); });
    return head;
  }

  static std::string replaced(std::string_view from, std::string_view to) {
    std::string request = request_by_hand();
    const std::size_t at = request.find(from);
    SQUALL_CHECK(at != request.npos);
    return request.replace(at, from.size(), to);
  }
  static bool has(const std::string& head, std::string_view line) {
    return head.find("\r\n" + std::string(line) + "\r\n") != head.npos;
  }

  EchoServer server_;
};

TEST_F(OpeningHandshake, IsAnsweredWithTheProofOfTheKey) {
  const std::string head = head_of(request_by_hand());

  EXPECT_TRUE(head.starts_with("http/1.1 101 "));
  EXPECT_TRUE(has(head, "upgrade: websocket"));
  EXPECT_TRUE(has(head, "connection: upgrade"));
  EXPECT_TRUE(has(head, "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=")) << head;
}

TEST_F(OpeningHandshake, MayComeByteByByteInAnyCaseAndWithOtherTokens) {
  EXPECT_TRUE(head_of(request_by_hand(), 1).starts_with("http/1.1 101 "));
  EXPECT_TRUE(head_of(replaced("Upgrade: websocket", "uPGRADE: h2c, WebSocket"))
                  .starts_with("http/1.1 101 "));
}

TEST_F(OpeningHandshake, ChoosesNoSubprotocolAndNoExtension) {
  const std::string head =
      head_of(request_by_hand("Sec-WebSocket-Protocol: chat, superchat\r\n"
                              "Sec-WebSocket-Extensions: permessage-deflate\r\n"));

  EXPECT_TRUE(head.starts_with("http/1.1 101 "));
  EXPECT_EQ(head.find("sec-websocket-protocol"), head.npos) << head;
  EXPECT_EQ(head.find("sec-websocket-extensions"), head.npos) << head;
}

TEST_F(OpeningHandshake, WithAnotherMethodIs405AndGetIsAllowed) {
  for (const std::string method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
    const std::string head = head_of(replaced("GET", method));

    EXPECT_TRUE(head.starts_with("http/1.1 405 ")) << method << ": " << head;
    EXPECT_TRUE(has(head, "allow: get")) << head;
  }
}

TEST_F(OpeningHandshake, OfAnOrdinaryRequestIs426AndSaysToWhat) {
  for (const std::string& request :
       {std::string("GET / HTTP/1.1\r\nHost: here\r\n\r\n"), replaced("Upgrade: websocket\r\n", ""),
        replaced("Upgrade: websocket", "Upgrade: h2c"),
        replaced("Connection: keep-alive, Upgrade\r\n", "")}) {
    const std::string head = head_of(request);

    EXPECT_TRUE(head.starts_with("http/1.1 426 ")) << head;
    EXPECT_TRUE(has(head, "upgrade: websocket")) << head;
    EXPECT_TRUE(has(head, "sec-websocket-version: 13")) << head;
  }
}

TEST_F(OpeningHandshake, InAnotherVersionIs426AndSaysWhichIsSpoken) {
  for (const std::string version : {"8", "0", "14", "thirteen"}) {
    const std::string head =
        head_of(replaced("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: " + version));

    EXPECT_TRUE(head.starts_with("http/1.1 426 ")) << version << ": " << head;
    EXPECT_TRUE(has(head, "sec-websocket-version: 13")) << head;
  }
}

TEST_F(OpeningHandshake, WithWhatIsMissingTwiceOrMalformedIs400) {
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
  for (const std::string& request :
       {replaced("Sec-WebSocket-Version: 13\r\n", ""), replaced(key + "\r\n", ""),
        replaced(key, key + "\r\n" + key), replaced(key, "Sec-WebSocket-Key: short=="),
        replaced(key, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ!=="),
        replaced("Host: here\r\n", ""), replaced("Host: here", "Host: here\r\nHost: there"),
        replaced("HTTP/1.1", "HTTP/1.0"), std::string("hello?\r\n\r\n"),
        std::string("\x16\x03\x01\x02 TLS\r\n\r\n"), replaced("Host: here", "Host here")}) {
    EXPECT_TRUE(head_of(request).starts_with("http/1.1 400 ")) << request << head_of(request);
  }
}

TEST_F(OpeningHandshake, WithAHeaderWithoutEndIs431) {
  const std::string head =
      head_of(replaced("Host: here", "Host: here\r\nX: " + std::string(1 << 20, 'x')));

  EXPECT_TRUE(head.starts_with("http/1.1 431 ")) << head;
}

TEST_F(OpeningHandshake, ThatIsRefusedLeavesNothingOpen) {
  head_of("GET / HTTP/1.1\r\nHost: here\r\n\r\n");

  EXPECT_EQ(server_.open(), 0U);
}

}  // namespace
}  // namespace squall::testing
