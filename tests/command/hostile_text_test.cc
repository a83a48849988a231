// SPDX-License-Identifier: Apache-2.0
//
// The hostile bundle (tests/hostile_bundle.h) in the views for terminals, tickets and programs. The page: tests/page.
#include <algorithm>

#include "tests/command/run_command.h"
#include "tests/hostile_bundle.h"
#include "tests/report_schema.h"
#include "tests/terminal_text.h"

namespace gpm::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class HostileText : public testing::Test {
 protected:
  std::string bundle() { return folder.put(hostile_bundle_name, bundle::tar(hostile_bundle())); }
  bundle::TemporaryFolder folder;
};

TEST_F(HostileText, NeitherSteersATerminalNorBreaksItsLines) {
  const auto input = bundle();
  for (const char* language : {"en", "zh"})
    for (const auto& options : {std::vector<std::string>{}, {"--explain-ranking", "--top", "99"}, {"--no-redact", "--top", "99"}}) {
      auto arguments = analyze({input, "--lang", language});
      arguments.insert(arguments.end(), options.begin(), options.end());
      const auto ran = run(arguments);
      EXPECT_EQ(ran.status, 0) << ran.err;
      EXPECT_EQ(steering(ran.out), "");
      EXPECT_EQ(steering(ran.err), "");
      EXPECT_EQ(too_wide(ran.out, 80), "");
    }
}

TEST_F(HostileText, IsDataInJson) {
  const auto ran = analyze_json(bundle());
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(steering(ran.out), "") << "escaped, so that the file itself can be shown";
  const auto report = ran.json();
  EXPECT_EQ(schema_faults(report), "");
  EXPECT_EQ(report["verdict"]["status"].get<std::string>() == "no-fault-found", false);
  EXPECT_THAT(report.dump(), HasSubstr("<script>window.owned=1;alert(1)</script>"));
}

TEST_F(HostileText, IsTextInMarkdown) {
  const auto ran = run(analyze({bundle(), "--markdown", "-"}));
  EXPECT_EQ(steering(ran.out), "");
  EXPECT_LE(std::count(ran.out.begin(), ran.out.end(), '\n'), 60);
}

TEST_F(HostileText, InMessagesIsTextToo) {
  for (const auto& [name, text] : attacks()) {
    auto path = text;
    std::erase(path, '\0');
    const auto ran = run(analyze({folder / ("missing-" + path)}));
    EXPECT_EQ(ran.status, 3) << name;
    EXPECT_EQ(steering(ran.err), "") << name;
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << name;
  }
}

// A node and a pod whose names are commands, with a fault whose fixes name the node and the pod.
std::string renamed(const std::string& host, const std::string& pod, const bundle::TemporaryFolder& folder) {
  const auto h = quoted(host), p = quoted(pod);
  folder.put("named/pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: " + p + "\n  namespace: " + p + "\nspec:\n  nodeName: " + h + "\n  containers:\n  - name: " + p +
                                   "\n    image: a\nstatus:\n  containerStatuses:\n  - name: " + p + "\n    lastState: {terminated: {exitCode: 137, reason: OOMKilled}}\n");
  folder.put("named/syslog", "Mar 14 02:17:09 " + in_one_word(host) + " kernel: [  100.000000] NVRM: Xid (PCI:0000:5e:00): 79, pid=1, name=x, GPU has fallen off the bus.\n");
  folder.put("named/journal.json", "{\"__REALTIME_TIMESTAMP\": \"1773810000000000\", \"_HOSTNAME\": " + h + ", \"_TRANSPORT\": \"kernel\", \"MESSAGE\": " +
                                       quoted("NVRM: Xid (PCI:0000:5f:00): 64, pid=1, name=x, Row Remapper: remapping failure") + "}\n");
  folder.put("named/inspect.json", json::array({{{"Name", "/" + pod}, {"Config", {{"Hostname", host}, {"Image", pod}, {"Cmd", {pod}}}}, {"State", {{"ExitCode", 137}, {"OOMKilled", true}}},
                                                 {"HostConfig", {{"ShmSize", 67108864}}}}}).dump(1, ' ', true));
  folder.put("named/app.log", "RuntimeError: Failed to initialize NVML: Unknown Error\nRuntimeError: DataLoader worker (pid 81) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory.\n");
  return folder / "named";
}

std::vector<std::string> commands_of(const json& report) {
  std::vector<std::string> all;
  for (const auto& cause : report["causes"])
    for (const auto& fix : cause["fixes"]) {
      for (const auto& command : fix["commands"]) all.push_back(command);
      for (const auto& check : fix["verify"])
        if (check["command"].is_string()) all.push_back(check["command"]);
    }
  for (const auto& missing : report["missing"])
    if (missing["command"].is_string()) all.push_back(missing["command"]);
  return all;
}

// The words that bash makes of a command. A placeholder such as <host> is one that a reader fills in: a word here.
std::vector<std::string> words_of(std::string command, const bundle::TemporaryFolder& folder) {
  for (const char* name : {"<host>", "<pod>", "<container>", "<pci>", "<pid>", "<gpu-index>", "<gpu-uuid>"})
    for (auto at = command.find(name); at != std::string::npos; at = command.find(name, at)) command.replace(at, std::string_view(name).size(), "PLACEHOLDER");
  const auto script = folder.put("command.sh", command + "\n");
  const auto checked = run({"bash", "-n", script});
  EXPECT_EQ(checked.status, 0) << command << '\n' << checked.err;
  return {command};
}

TEST_F(HostileText, NamesThatAreCommandsStayOutOfCommands) {
  const std::pair<const char*, const char*> names[] = {{"$(touch /tmp/x)", "a;reboot"}, {"`touch /tmp/x`", "--help"}, {"x|touch /tmp/x", "'; touch /tmp/x; '"}, {"a\nreboot\n", "../../etc"}};
  for (const auto& [host, pod] : names) {
    const auto input = renamed(host, pod, folder);
    const auto ran = run(analyze({input, "--json", "-"}));
    ASSERT_EQ(ran.status, 0) << ran.err;
    const auto commands = commands_of(ran.json());
    EXPECT_GT(commands.size(), 5u);
    EXPECT_TRUE(std::any_of(commands.begin(), commands.end(), [](const auto& c) { return c.find("<host>") != std::string::npos || c.find("<pod>") != std::string::npos; }))
        << "no fix names a node or a pod: the test would show nothing";
    for (const auto& command : commands) {
      for (const char* part : {"touch", "a;reboot", "`", "etc/..", "\n"}) EXPECT_THAT(command, Not(HasSubstr(part)));
      words_of(command, folder);
    }
    // The same commands, and no others, in the fences of the ticket's comment.
    const auto markdown = run(analyze({input, "--markdown", "-"})).out;
    for (auto at = markdown.find("```sh\n"); at != std::string::npos; at = markdown.find("```sh\n", at + 1)) {
      const auto block = markdown.substr(at + 6, markdown.find("```", at + 6) - at - 6);
      EXPECT_THAT(block, Not(HasSubstr("touch")));
      EXPECT_THAT(block, Not(HasSubstr("a;reboot")));
    }
  }
}

TEST_F(HostileText, NamesThatAreNamesAreFilledIn) {
  const auto commands = commands_of(run(analyze({renamed("gpu-07", "train-0", folder), "--json", "-"})).json());
  EXPECT_TRUE(std::any_of(commands.begin(), commands.end(), [](const auto& c) { return c.find("gpu-07") != std::string::npos; })) << testing::PrintToString(commands);
}

}  // namespace
}  // namespace gpm::test
