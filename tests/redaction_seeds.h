// SPDX-License-Identifier: Apache-2.0
//
// Lines with secrets of more than forty kinds, for the tests of redaction.
#pragma once

namespace gpm::test {

struct Seed {
  const char *name, *line, *secret;
};

// Forty kinds of what leaks in real bundles. None is anybody's: all are made up.
inline constexpr Seed seeds[] = {
    {"HuggingFace", "export HF_TOKEN=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", "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"},
    {"HuggingFaceInText", "login with 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 failed", "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"},
    {"GitHub", "remote: https://ghp_16C7e42F292c6912E7710c838347Ae178B4a@github.com/o/r", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"},
    {"GitHubFine", "GITHUB_PAT github_pat_11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ012345", "github_pat_11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ012345"},
    {"GitLab", "using glpat-xY7pQ2rS9tUvWx3yZaBc", "glpat-xY7pQ2rS9tUvWx3yZaBc"},
    {"Slack", "SLACK xoxb-123456789012-abcdefGHIJKL", "xoxb-123456789012-abcdefGHIJKL"},
    {"SlackHook", "POST https://hooks.slack.com/services/T00000000/B00000000/XXXXyyyyZZZZ0000aaaa1111", "T00000000/B00000000/XXXXyyyyZZZZ0000aaaa1111"},
    {"OpenAI", "OPENAI sk-proj-4f8aBcDeFgHiJkLmNoPqRsTuVw", "sk-proj-4f8aBcDeFgHiJkLmNoPqRsTuVw"},
    {"Stripe", "key sk_live_51HabcDEFghiJKLmno", "sk_live_51HabcDEFghiJKLmno"},
    {"Ngc", "docker login nvcr.io -p nvapi-aBcDeFgHiJkLmNoPqRsTuVwXyZ_12", "nvapi-aBcDeFgHiJkLmNoPqRsTuVwXyZ_12"},
    {"Npm", "//registry/:_authToken npm_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789", "npm_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789"},
    {"Docker", "dckr_pat_aBcDeFgHiJkLmNoPqRsTuVw_x", "dckr_pat_aBcDeFgHiJkLmNoPqRsTuVw_x"},
    {"Databricks", "dapi0123456789abcdef0123456789abcdef", "dapi0123456789abcdef0123456789abcdef"},
    {"Vault", "vault hvs.CAESIJlU02LQZq4k5x6y7z8A9b0C", "hvs.CAESIJlU02LQZq4k5x6y7z8A9b0C"},
    {"SendGrid", "SG.aBcDeFgHiJkLmNoPqRsTuv.wXyZ0123456789aBcDeFgHiJkLmNoPqRsTuVwXyZ", "SG.aBcDeFgHiJkLmNoPqRsTuv.wXyZ0123456789aBcDeFgHiJkLmNoPqRsTuVwXyZ"},
    {"Jwt", "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"},
    {"Google", "AIzaSyA1234567890abcdefghijklmnopqrstuv", "AIzaSyA1234567890abcdefghijklmnopqrstuv"},
    {"GoogleOauth", "ya29.a0AfH6SMBxyzABCDEFGHIJKLMN", "ya29.a0AfH6SMBxyzABCDEFGHIJKLMN"},
    {"Telegram", "bot 123456789:AAF1u2v3w4x5y6z7A8B9C0D1E2F3G4H5I6J", "123456789:AAF1u2v3w4x5y6z7A8B9C0D1E2F3G4H5I6J"},
    {"Bearer", "Authorization: Bearer 0f9e8d7c6b5a49382716", "0f9e8d7c6b5a49382716"},
    {"Basic", "\"authorization\": \"Basic YWxpY2U6aHVudGVyMg==\"", "YWxpY2U6aHVudGVyMg=="},
    {"Cookie", "Set-Cookie: session=9f8e7d6c5b4a; Path=/", "session=9f8e7d6c5b4a"},
    {"Presigned", "GET https://b.s3.amazonaws.com/x?X-Amz-Signature=5d41402abc4b2a76b9719d911017c592&x=1", "5d41402abc4b2a76b9719d911017c592"},
    {"AzureSas", "https://acc.blob.core.windows.net/c?sv=2022&sig=AbC%2Bdef0123456789%3D", "AbC%2Bdef0123456789%3D"},
    {"AzureKey", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4==", "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4=="},
    {"AwsId", "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"},
    {"AwsSecret", "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
    {"PrivateKey", "\"private_key\": \"-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\\n\"", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw"},
    {"KubeConfig", "    client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVk=", "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVk="},
    {"DockerAuth", "\"nvcr.io\": {\"auth\": \"JG9hdXRodG9rZW46bnZhcGk=\"}", "JG9hdXRodG9rZW46bnZhcGk="},
    {"UrlPassword", "postgres://mlflow:s3cr3tPass@db:5432/mlflow", "s3cr3tPass"},
    {"Password", "MYSQL_PASSWORD=hunter2hunter", "hunter2hunter"},
    {"PasswordYaml", "  password: \"correct-horse\"", "correct-horse"},
    {"PasswordOption", "mount.cifs --password=Tr0ub4dor /mnt", "Tr0ub4dor"},
    {"WandbKey", "WANDB_API_KEY=0123456789abcdef0123456789abcdef01234567", "0123456789abcdef0123456789abcdef01234567"},
    {"ClientSecret", "azure_client_secret: q8Q~abcdefGHIJ", "q8Q~abcdefGHIJ"},
    {"RegistryToken", "--registry-token 7fA9kL2mQ8", "7fA9kL2mQ8"},
    {"XAuthToken", "X-Auth-Token: gAAAAABlZk1", "gAAAAABlZk1"},
    {"LicenseKey", "license_key=ABCD-1234-EFGH", "ABCD-1234-EFGH"},
    {"Email", "contact wei.zhang@example-corp.com for access", "wei.zhang@example-corp.com"},
    {"UserInPath", "File \"/home/wzhang/train/run.py\", line 3", "wzhang"},
    {"UserOnMac", "/Users/alice.smith/work", "alice.smith"},
    {"PublicIp", "connect to 52.14.233.7<41022> failed", "52.14.233.7"},
    {"PublicIp6", "inet6 2001:db8:85a3:0:0:8a2e:370:7334/64", "2001:db8:85a3:0:0:8a2e:370:7334"},
};

}  // namespace gpm::test
