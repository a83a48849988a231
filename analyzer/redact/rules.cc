// SPDX-License-Identifier: Apache-2.0
#include "analyzer/redact/rules.h"

#include <arpa/inet.h>

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
    return (lowered.starts_with(word) && lowered.size() <= word.size() + 6) || text::contains(lowered, std::string(word) + "_token");
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

// git@github.com, root@host and the builders of kernels (mockbuild@x86-64-04.build.example.com) are no addresses of persons.
bool mail_address(std::string_view text, std::string_view value) {
  for (const char* account : {"git@", "root@", "mockbuild@", "buildd@", "kbuild@"})
    if (value.starts_with(account)) return false;
  return !after(text, value).starts_with(":");
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

// Eight groups, or fewer with "::"; not a time of day ("2026:13:55:36").
bool global_ipv6(std::string_view, std::string_view value) {
  in6_addr address{};
  return inet_pton(AF_INET6, std::string(value).c_str(), &address) == 1;
}

// ec2-52-14-233-7: the address in a name.
bool public_address_in_name(std::string_view, std::string_view value) {
  std::string dotted(value);
  std::replace(dotted.begin(), dotted.end(), '-', '.');
  const auto octets = octets_of(dotted);
  return octets && is_public(*octets);
}

// How the name of a setting ends that holds a secret.
#define GPM_SECRET_WORDS                                                                                                                                     \
  "token|secret|secret[_-]?key|api[_-]?key|apikey|access[_-]?key|access[_-]?key[_-]?id|auth[_-]?key|credentials?|private[_-]?key|client[_-]?secret|"           \
  "account[_-]?key|license[_-]?key|encryption[_-]?key|signing[_-]?key|master[_-]?key|storage[_-]?key|subscription[_-]?key|kaggle[_-]?key|webhook[_-]?key|"     \
  "pre[_-]?shared[_-]?key|psk"
#define GPM_PASSWORD_WORDS "password|passwd|passphrase|passcode|pwd|bindpw|rootpw"

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
    {Kind::token, R"re(\b(gsk_[A-Za-z0-9]{20,}|xai-[A-Za-z0-9]{20,}|pplx-[A-Za-z0-9]{20,}|api_org_[A-Za-z]{20,}|wandb_v1_[A-Za-z0-9_]{20,}|tvly-[A-Za-z0-9\-]{16,}|lsv2_(?:pt|sk)_[A-Za-z0-9_]{20,})\b)re"},
    {Kind::token, R"re(\b(gl(?:sa|c)_[A-Za-z0-9_=+/]{20,}|NRAK-[A-Z0-9]{20,}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}|tskey-[a-z]+-[A-Za-z0-9\-]{10,}|dp\.(?:st|pt|ct|sa)\.[A-Za-z0-9._\-]{20,}|pul-[0-9a-f]{40}))re"},
    {Kind::token, R"re(\b(lin_api_[A-Za-z0-9]{20,}|ntn_[A-Za-z0-9]{20,}|sq[up]_[0-9a-f]{40}|ATBB[A-Za-z0-9]{20,}|ATCTT3[A-Za-z0-9_\-=]{20,}|PMAK-[0-9a-f\-]{30,}|sbp_[0-9a-f]{40}|rubygems_[0-9a-f]{40,}|figd_[A-Za-z0-9_\-]{20,}))re"},
    {Kind::token, R"re(\b([A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_\-=]{40,})\b)re"},
    {Kind::token, R"re(\b([MNO][A-Za-z0-9]{23,25}\.[A-Za-z0-9_\-]{6}\.[A-Za-z0-9_\-]{27,})\b)re", nullptr, 59},
    {Kind::token, R"re(discord(?:app)?\.com/api/webhooks/([0-9]{10,}/[A-Za-z0-9_\-]{20,}))re"},
    {Kind::token, R"re(webhook\.office\.com/([A-Za-z0-9@/_\-]{20,}))re"},
    {Kind::token, R"re(open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook/([A-Za-z0-9\-]{16,}))re"},
    {Kind::token, R"re(hooks\.slack\.com/services/([A-Za-z0-9/]{20,}))re"},
    {Kind::token, R"re((?i)\b(?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:bearer|basic|token|digest)\s+([^\s"',;]{6,}))re"},
    {Kind::token, R"re((?i)\bbearer\s+([A-Za-z0-9_\-\.=+/]{12,}))re", is_value},
    {Kind::token, R"re((?i)\b(?:set-)?cookie["']?\s*[:=]\s*["']?([^\s"',][^"'\n]{6,}))re"},
    {Kind::token, R"re((?i)[?&](?:sig|signature|x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|access_token|api_?key|token|key)=([^\s&"'<>]{8,}))re", is_value},
    {Kind::token, R"re(\bSignature=([0-9a-fA-F]{64})\b)re"},
    {Kind::token, R"re([a-z]://([A-Za-z0-9_\-]{20,})@)re"},
    // Keys of clouds.
    {Kind::key, R"re(\b(LTAI[A-Za-z0-9]{12,30}|AKID[A-Za-z0-9]{24,40}|AKLT[A-Za-z0-9_\-]{16,})\b)re"},
    {Kind::key, R"re(\b((?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16})\b)re"},
    {Kind::key, R"re((?i)\baws.{0,20}secret.{0,20}["']?\s*[:=]\s*["']?([A-Za-z0-9/+=]{40})\b)re"},
    {Kind::key, R"re((?i)\b(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/=]{20,}))re"},
    // A private key in one text: all between its two marks; cut off, whatever looks like it. "LS0tLS1CRUdJTi" is "-----BEGIN".
    {Kind::key, R"re((?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:\\n|\\r|\s)*(.*?[^\s\\])(?:\\n|\\r|\s)*-----END )re"},
    {Kind::key, R"re((?s)---- BEGIN SSH2 [A-Z ]*PRIVATE KEY ----(?:\\n|\\r|\s)*(.*?[^\s\\])(?:\\n|\\r|\s)*---- END )re"},
    {Kind::key, R"re(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:\\n|\\r|\s|["'|>])*([A-Za-z0-9+/=]{16,}(?:(?:\\n|\\r|\s)+[A-Za-z0-9+/=]{16,})*))re"},
    {Kind::key, R"re(\b(LS0tLS1CRUdJTi[A-Za-z0-9+/=]{16,}))re"},
    {Kind::key, R"re(\b(AGE-SECRET-KEY-1[A-Z0-9]{40,}))re"},
    {Kind::key, R"re((?i)\b(?:client-key-data|client-certificate-data|\.dockerconfigjson|tls\.key|ssh-privatekey)["']?\s*[:=]\s*["']?([A-Za-z0-9+/=]{16,}))re"},
    {Kind::password, R"re("auth"\s*:\s*"([A-Za-z0-9+/=]{6,})")re"},
    // Credentials in addresses: scheme://user:password@host.
    {Kind::password, R"re([a-z][a-z0-9+.\-]{1,20}://[^\s/:@"']{0,64}:([^\s/@"']{1,128})@)re", is_value},
    // By name.
    {Kind::password, R"re((?i)(?:^|[^A-Za-z0-9])[A-Za-z0-9_\-.]*(?:)re" GPM_PASSWORD_WORDS R"re()["']?\s*(?:=>|[=:])\s*["']?([^\s"',;&}\])]{4,}))re", named_secret},
    {Kind::password, R"re((?i)--(?:[a-z0-9]+-)*(?:password|passphrase)(?:=|["']?,?\s+["']?)["']?([^\s"'\-][^\s"']{3,}))re", is_value},
    {Kind::token, R"re((?i)(?:^|[^A-Za-z0-9])[A-Za-z0-9_\-.]*(?:)re" GPM_SECRET_WORDS R"re()["']?\s*(?:=>|[=:])\s*["']?([^\s"',;&}\])]{6,}))re", named_secret},
    {Kind::token, R"re((?i)--(?:[a-z0-9]+-)*(?:token|api-key|secret|secret-key|access-key)(?:=|["']?,?\s+["']?)["']?([^\s"'\-][^\s"']{5,}))re", named_secret},
    // On command lines and in .netrc, where no name says it.
    {Kind::password, R"re(\b(?:sshpass|ipmitool)\b[^\n|;]{0,200}?\s-[pP]\s*["']?([^\s"'\-][^\s"']{2,}))re", is_value},
    {Kind::password, R"re(\b(?:docker|podman|nerdctl|helm|skopeo|buildah|crane)\s+(?:registry\s+)?login\b[^\n|;]{0,200}?\s-p[ =]?["']?([^\s"'\-][^\s"']{2,}))re", is_value},
    {Kind::password, R"re(\bmysql(?:dump|admin)?\b[^\n|;]{0,200}?\s-p["']?([^\s"'\-][^\s"']{2,}))re", is_value},
    {Kind::password, R"re(\bredis-cli\b[^\n|;]{0,200}?\s(?:-a|--pass)\s+["']?([^\s"'\-][^\s"']{2,}))re", is_value},
    {Kind::password, R"re(\b(?:curl|wget)\b[^\n|;]{0,200}?\s(?:-u|--user)[ =]["']?[^\s"':]{1,64}:([^\s"']{3,}))re", is_value},
    {Kind::password, R"re(\bsmbclient\b[^\n|;]{0,200}?\s-U\s*["']?[^\s"'%]{1,64}%([^\s"']{3,}))re", is_value},
    {Kind::password, R"re(\blogin\s+\S{1,64}\s+password\s+(\S{3,}))re", is_value},
    // Persons.
    {Kind::email, R"re(\b([A-Za-z0-9][A-Za-z0-9._%+\-]*@(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,24})\b)re", mail_address},
    {Kind::user, R"re((?:^|[\s"'=:(])~([a-z][a-z0-9_\-]{2,31})/)re", personal_account},
    {Kind::user, R"re((?:^|/)(?:home|Users|users)/([A-Za-z0-9][A-Za-z0-9._\-]{0,63}))re", personal_account},
    {Kind::user, R"re((?i)\b[a-z]:\\\\?users\\\\?([A-Za-z0-9][A-Za-z0-9._\-]{0,63}))re", personal_account},
    // Networks.
    {Kind::ip, R"re((?:^|[^0-9A-Za-z.\-_])(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?:$|[^0-9A-Za-z._\-]|[._\-](?:$|[^0-9A-Za-z])))re", public_address, 7, '.', 3},
    {Kind::ip, R"re((?:^|[^0-9A-Za-z:.])([23][0-9a-fA-F]{3}:[0-9a-fA-F:]{2,34})(?:$|[^0-9A-Za-z:.]))re", global_ipv6, 7, ':', 2},
    {Kind::ip, R"re(\bec2-(\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3})\b)re", public_address_in_name},
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
  static const text::Regex secret("(?i)^[A-Za-z0-9_.-]*(?:" GPM_SECRET_WORDS "|" GPM_PASSWORD_WORDS ")$");
  const auto lowered = text::lower(name);
  return text::Regex::PartialMatch(text::piece(name), secret) && !is_token_of_text(name) && lowered != "pwd" && lowered != "oldpwd";
}

}  // namespace gpm::redact
