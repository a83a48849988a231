// SPDX-License-Identifier: Apache-2.0
#include "analyzer/redact/rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::redact {
namespace {

constexpr std::size_t context_bytes = 28;

std::string_view before(std::string_view text, std::string_view value) {
  const auto at = static_cast<std::size_t>(value.data() - text.data());
  const auto from = at > context_bytes ? at - context_bytes : 0;
  return text.substr(from, at - from);
}

std::string_view after(std::string_view text, std::string_view value) {
  return text.substr(static_cast<std::size_t>(value.data() - text.data()) + value.size());
}

bool holds_any(std::string_view text, std::initializer_list<std::string_view> words) {
  const auto lowered = text::lower(text);
  return std::any_of(words.begin(), words.end(), [&](auto word) { return text::contains(lowered, word); });
}

// Numbers, placeholders, variables and words of programs are no secrets.
bool is_value(std::string_view, std::string_view value) {
  if (value.empty() || text::contains("<[{($*%/-", value.substr(0, 1))) return false;
  if (value.find_first_not_of("0123456789.,-+") == std::string_view::npos) return false;
  if (value.find_first_not_of("*xX.-") == std::string_view::npos) return false;
  const auto lowered = text::lower(value);
  for (const char* word : {"none", "null", "true", "false", "redacted", "hidden", "required", "invalid", "missing", "not", "expired", "string", "secret", "password", "token"})
    if (lowered == word) return false;
  return true;
}

// Words that programs count or mark with: eos_token, max_tokens, next_token.
bool is_token_of_text(std::string_view name) {
  constexpr std::array words = {"eos", "bos", "pad", "unk", "sep", "cls", "mask", "stop", "num", "max", "min", "special", "image", "prompt", "completion", "total",
                                "first", "next", "last", "per", "draft", "new", "input", "output", "generated", "cached", "mtp", "vision", "video", "audio"};
  const auto lowered = text::lower(name);
  if (!lowered.ends_with("token")) return false;
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return lowered.size() == word.size() + 6 ? lowered.starts_with(word) : text::contains(lowered, std::string(word) + "_token");
  });
}

// The value of NAME=VALUE where the name is one of a secret.
bool named_secret(std::string_view text, std::string_view value) {
  if (!is_value(text, value)) return false;
  static const text::Regex name(R"(([A-Za-z0-9_\-\.]+)["']?\s*(?:=|:|=>)?\s*["']?$)");
  re2::StringPiece found;
  const auto lead = text.substr(0, static_cast<std::size_t>(value.data() - text.data()));
  const auto tail = lead.size() > 120 ? lead.substr(lead.size() - 120) : lead;
  return !text::Regex::PartialMatch(text::piece(tail), name, &found) || !is_token_of_text(text::view(found));
}

// Accounts that are no persons.
bool personal_account(std::string_view, std::string_view value) {
  constexpr std::array shared = {"ubuntu", "root", "user", "admin", "centos", "debian", "ec2-user", "azureuser", "runner", "jovyan", "vscode", "app", "nvidia", "work",
                                 "linuxbrew", "data", "shared", "public", "Public", "Default", "default", "opc", "rocky", "almalinux", "core", "ray", "mpiuser", "slurm"};
  return std::find(shared.begin(), shared.end(), value) == shared.end() && !value.starts_with("user-");
}

// git@github.com and root@host are no addresses of persons.
bool mail_address(std::string_view text, std::string_view value) {
  return !value.starts_with("git@") && !value.starts_with("root@") && !after(text, value).starts_with(":");
}

std::optional<std::array<int, 4>> octets_of(std::string_view value) {
  std::array<int, 4> octets{};
  const auto parts = text::split(value, '.');
  if (parts.size() != 4) return std::nullopt;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto part = parts[i];
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), octets[i]);
    if (error != std::errc{} || end != part.data() + part.size() || octets[i] > 255 || (part.size() > 1 && part[0] == '0')) return std::nullopt;
  }
  return octets;
}

bool is_public(const std::array<int, 4>& o) {
  if (o[0] == 0 || o[0] == 10 || o[0] == 127 || o[0] >= 224) return false;
  if (o[0] == 172 && o[1] >= 16 && o[1] <= 31) return false;
  if ((o[0] == 192 && o[1] == 168) || (o[0] == 169 && o[1] == 254) || (o[0] == 100 && o[1] >= 64 && o[1] <= 127)) return false;
  return true;
}

// A public IPv4 address, and no version of a library: those have small first numbers and no port, and say "version".
bool public_address(std::string_view text, std::string_view value) {
  const auto octets = octets_of(value);
  if (!octets || !is_public(*octets)) return false;
  const auto lead = before(text, value), rest = after(text, value);
  if (holds_any(lead, {"version", "release", "==", "cudnn", "driver", "cuda ", "revision"})) return false;
  constexpr int small = 20;
  if ((*octets)[0] >= small) return true;
  if (rest.size() > 1 && (rest[0] == ':' || rest[0] == '<' || rest[0] == '/') && rest[1] >= '0' && rest[1] <= '9') return true;
  return holds_any(lead, {"addr", "ip", "host", "from ", "to ", "peer", "via ", "server", "connect", "@", "//", "inet", "dns", "remote", "gateway"});
}

constexpr Rule table[] = {
    // Tokens that begin with a mark of their own.
    {Kind::token, R"re(\b(hf_[A-Za-z0-9]{20,})\b)re"},
    {Kind::token, R"re(\b(gh[pousr]_[A-Za-z0-9]{30,})\b)re"},
    {Kind::token, R"re(\b(github_pat_[A-Za-z0-9_]{30,})\b)re"},
    {Kind::token, R"re(\b(gl(?:pat|dt|rt|ptt|cbt)-[A-Za-z0-9_\-]{16,}))re"},
    {Kind::token, R"re(\b(xox[abeprs]-[A-Za-z0-9\-]{10,}|xapp-[A-Za-z0-9\-]{10,}))re"},
    {Kind::token, R"re(\b(sk-[A-Za-z0-9_\-]{20,}|sk_live_[A-Za-z0-9]{16,}|rk_live_[A-Za-z0-9]{16,}))re"},
    {Kind::token, R"re(\b(nvapi-[A-Za-z0-9_\-]{20,}))re"},
    {Kind::token, R"re(\b(npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_\-]{30,}|dckr_pat_[A-Za-z0-9_\-]{20,}|r8_[A-Za-z0-9]{30,}|dop_v1_[0-9a-f]{32,}|dapi[0-9a-f]{32})\b)re"},
    {Kind::token, R"re(\b(hvs\.[A-Za-z0-9_\-]{20,}|SG\.[A-Za-z0-9_\-]{16,}\.[A-Za-z0-9_\-]{16,}|ATATT3[A-Za-z0-9_\-=]{20,}))re"},
    {Kind::token, R"re(\b(eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{4,}))re"},
    {Kind::token, R"re(\b(ya29\.[A-Za-z0-9_\-]{20,}|AIza[A-Za-z0-9_\-]{35}|GOCSPX-[A-Za-z0-9_\-]{20,}))re"},
    {Kind::token, R"re(\b(\d{8,10}:AA[A-Za-z0-9_\-]{32,34})\b)re"},
    {Kind::token, R"re(hooks\.slack\.com/services/([A-Za-z0-9/]{20,}))re"},
    {Kind::token, R"re((?i)\b(?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:bearer|basic|token|digest)\s+([^\s"',;]{6,}))re"},
    {Kind::token, R"re((?i)\bbearer\s+([A-Za-z0-9_\-\.=+/]{12,}))re", is_value},
    {Kind::token, R"re((?i)\b(?:set-)?cookie["']?\s*[:=]\s*["']?([^\s"',][^"'\n]{6,}))re"},
    {Kind::token, R"re((?i)[?&](?:sig|signature|x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|access_token|api_?key|token|key)=([^\s&"'<>]{8,}))re", is_value},
    // Keys of clouds.
    {Kind::key, R"re(\b((?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16})\b)re"},
    {Kind::key, R"re((?i)\baws.{0,20}secret.{0,20}["']?\s*[:=]\s*["']?([A-Za-z0-9/+=]{40})\b)re"},
    {Kind::key, R"re((?i)\b(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/=]{20,}))re"},
    {Kind::key, R"re(-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?:\\n|\s)*([^\s-][^-]{8,}))re"},
    {Kind::key, R"re(\b(AGE-SECRET-KEY-1[A-Z0-9]{40,}))re"},
    {Kind::key, R"re((?i)\b(?:client-key-data|client-certificate-data|\.dockerconfigjson|tls\.key|ssh-privatekey)["']?\s*[:=]\s*["']?([A-Za-z0-9+/=]{16,}))re"},
    {Kind::password, R"re("auth"\s*:\s*"([A-Za-z0-9+/=]{6,})")re"},
    // Credentials in addresses: scheme://user:password@host.
    {Kind::password, R"re([a-z][a-z0-9+.\-]{1,20}://[^\s/:@"']{0,64}:([^\s/@"']{1,128})@)re", is_value},
    // By name.
    {Kind::password, R"re((?i)(?:^|[^A-Za-z0-9])(?:[A-Za-z0-9]+[_\-.])*(?:password|passwd|passphrase|pwd)["']?\s*(?:=>|[=:])\s*["']?([^\s"',;&}\])]{4,}))re", is_value},
    {Kind::password, R"re((?i)--(?:[a-z0-9]+-)*(?:password|passphrase)[ =]["']?([^\s"'\-][^\s"']{3,}))re", is_value},
    {Kind::token, R"re((?i)(?:^|[^A-Za-z0-9])(?:[A-Za-z0-9]+[_\-.])*(?:token|secret|secret[_-]?key|api[_-]?key|apikey|access[_-]?key|access[_-]?key[_-]?id|auth[_-]?key|credentials?|private[_-]?key|client[_-]?secret|account[_-]?key|license[_-]?key)["']?\s*(?:=>|[=:])\s*["']?([^\s"',;&}\])]{6,}))re", named_secret},
    {Kind::token, R"re((?i)--(?:[a-z0-9]+-)*(?:token|api-key|secret|secret-key|access-key)[ =]["']?([^\s"'\-][^\s"']{5,}))re", named_secret},
    // Persons.
    {Kind::email, R"re(\b([A-Za-z0-9][A-Za-z0-9._%+\-]*@(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,24})\b)re", mail_address},
    {Kind::user, R"re((?:^|/)(?:home|Users)/([A-Za-z0-9][A-Za-z0-9._\-]{0,63}))re", personal_account},
    {Kind::user, R"re((?i)\b[a-z]:\\\\?users\\\\?([A-Za-z0-9][A-Za-z0-9._\-]{0,63}))re", personal_account},
    // Networks.
    {Kind::ip, R"re((?:^|[^0-9A-Za-z.\-_])(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?:$|[^0-9A-Za-z._\-]|[._\-](?:$|[^0-9A-Za-z])))re", public_address},
    {Kind::ip, R"re((?:^|[^0-9A-Za-z:.])([23][0-9a-fA-F]{3}:(?:[0-9a-fA-F]{0,4}:){2,6}[0-9a-fA-F]{0,4})(?:$|[^0-9A-Za-z:.]))re"},
};

}  // namespace

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::token: return "token";
    case Kind::password: return "password";
    case Kind::key: return "key";
    case Kind::email: return "email";
    case Kind::user: return "user";
    case Kind::ip: return "ip";
    case Kind::host: return "host";
    case Kind::custom: return "redacted";
  }
  return "redacted";
}

bool is_secret_value(std::string_view value) { return is_value(value, value); }

std::span<const Rule> rules() { return table; }

bool is_secret_name(std::string_view name) {
  static const text::Regex secret(
      R"((?i)(?:^|[_\-.])(?:token|secret|secret[_-]?key|api[_-]?key|apikey|access[_-]?key(?:[_-]?id)?|auth[_-]?key|credentials?|private[_-]?key|client[_-]?secret|account[_-]?key|license[_-]?key|password|passwd|passphrase|pwd)$)");
  return text::Regex::PartialMatch(text::piece(name), secret) && !is_token_of_text(name) && text::lower(name) != "pwd";
}

}  // namespace gpm::redact
