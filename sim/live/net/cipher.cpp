// OpenSSL with two buffers in place of a socket. See cipher.hpp.
// Errors become sentences here: whoever reads them has a certificate to mend, not a library.
#include "sim/live/net/cipher.hpp"

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>

#include <array>

#include "strategies/core/check.hpp"

namespace squall::live {
namespace {

constexpr std::size_t kRecord = 16 * 1024;  // the most that one record of TLS carries

std::string last_error() {
  const unsigned long code = ::ERR_peek_last_error();
  const char* const reason = code == 0 ? nullptr : ::ERR_reason_error_string(code);
  ::ERR_clear_error();
  return reason == nullptr ? "the connection ended" : reason;
}

bool is_address(const std::string& name) {
  std::array<unsigned char, sizeof(in_addr)> bytes;
  return ::inet_pton(AF_INET, name.c_str(), bytes.data()) == 1;
}

// What to do about a certificate that is not believed.
std::string advice(long verdict, const std::string& name) {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return "; the server needs a new one";
    case X509_V_ERR_CERT_NOT_YET_VALID: return "; look at the clocks of both machines";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return ": it is not for " + name + "; dial the server by a name that it is for";
    default:
      return "; if it is yours, name it, or the authority that signed it, in a file: --ca FILE.pem";
  }
}

}  // namespace

// ---- trust -------------------------------------------------------------------------------------

struct Trust::Context {
  SSL_CTX* ssl = ::SSL_CTX_new(::TLS_client_method());
  ~Context() { ::SSL_CTX_free(ssl); }
};

Trust::~Trust() = default;

std::shared_ptr<const Trust> Trust::make(const std::string& file, std::string& error) {
  std::shared_ptr<Trust> trust(new Trust);
  trust->context_ = std::make_unique<Context>();
  SSL_CTX* const ssl = trust->context_->ssl;
  SQUALL_CHECK(ssl != nullptr);
  ::SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION);
  ::SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
  ::SSL_CTX_set_default_verify_paths(ssl);
  if (file.empty()) return trust;
  ::ERR_clear_error();
  if (::SSL_CTX_load_verify_locations(ssl, file.c_str(), nullptr) == 1) return trust;
  error = fmt::format(
      "{}: no certificate in PEM can be read ({}); it begins with -----BEGIN CERTIFICATE-----",
      file, last_error());
  return nullptr;
}

// ---- a connection ------------------------------------------------------------------------------

struct Cipher::Session {
  SSL* ssl = nullptr;
  BIO *in = nullptr, *out = nullptr;  // the session's
  ~Session() { ::SSL_free(ssl); }
};

Cipher::Cipher(const Trust& trust, const std::string& name)
    : session_(std::make_unique<Session>()), name_(name) {
  SSL* const ssl = ::SSL_new(trust.context_->ssl);
  session_->ssl = ssl;
  session_->in = ::BIO_new(::BIO_s_mem());
  session_->out = ::BIO_new(::BIO_s_mem());
  SQUALL_CHECK(ssl != nullptr && session_->in != nullptr && session_->out != nullptr);
  ::SSL_set_bio(ssl, session_->in, session_->out);
  ::SSL_set_connect_state(ssl);
  if (is_address(name)) {
    SQUALL_CHECK(::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(ssl), name.c_str()) == 1);
  } else {
    SQUALL_CHECK(::SSL_set1_host(ssl, name.c_str()) == 1);
    SQUALL_CHECK(::SSL_set_tlsext_host_name(ssl, name.c_str()) == 1);
  }
}

Cipher::~Cipher() = default;

bool Cipher::shake_hands() {
  ::ERR_clear_error();
  const int result = ::SSL_do_handshake(session_->ssl);
  ready_ = result == 1;
  return ready_ || fail(result);
}

bool Cipher::open(std::span<const std::byte> sealed, std::string& plain) {
  if (!sealed.empty()) {
    const int size = static_cast<int>(sealed.size());
    SQUALL_CHECK(::BIO_write(session_->in, sealed.data(), size) == size);
  }
  if (!ready_ && !shake_hands()) return false;
  std::array<char, kRecord> piece;
  while (ready_ && !over_) {
    ::ERR_clear_error();
    const int got = ::SSL_read(session_->ssl, piece.data(), static_cast<int>(piece.size()));
    if (got > 0) {
      plain.append(piece.data(), static_cast<std::size_t>(got));
      continue;
    }
    if (::SSL_get_error(session_->ssl, got) == SSL_ERROR_ZERO_RETURN) over_ = true;
    return over_ || fail(got);
  }
  return true;
}

void Cipher::seal(std::string_view plain) {
  SQUALL_CHECK(ready_);
  if (plain.empty() || !error_.empty()) return;
  ::ERR_clear_error();
  std::size_t written = 0;
  const int result = ::SSL_write_ex(session_->ssl, plain.data(), plain.size(), &written);
  if (result != 1) fail(result);
}

void Cipher::say_goodbye() {
  if (!ready_ || !error_.empty()) return;
  ::ERR_clear_error();
  ::SSL_shutdown(session_->ssl);
  ::ERR_clear_error();
}

std::string Cipher::to_be_written() {
  std::string bytes(::BIO_ctrl_pending(session_->out), '\0');
  if (!bytes.empty()) {
    const int size = static_cast<int>(bytes.size());
    SQUALL_CHECK(::BIO_read(session_->out, bytes.data(), size) == size);
  }
  return bytes;
}

// Waiting for more bytes is no failure.
bool Cipher::fail(int result) {
  const int why = ::SSL_get_error(session_->ssl, result);
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return true;
  const long verdict = ::SSL_get_verify_result(session_->ssl);
  if (!ready_ && verdict != X509_V_OK) {
    error_ = std::string("its certificate is not believed: ") +
             ::X509_verify_cert_error_string(verdict) + advice(verdict, name_);
    ::ERR_clear_error();
  } else {
    const std::string reason = last_error();
    const bool no_tls = reason == "wrong version number" || reason == "packet length too long" ||
                        reason == "http request";
    error_ = no_tls ? "it does not speak TLS; dial it as ws://" : "TLS: " + reason;
  }
  return false;
}

}  // namespace squall::live
