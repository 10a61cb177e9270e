using System.Text.Json;
using InstructKit.Auditing.Validation;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>Errors across files, safe fixes, and checks with a tokenizer.</summary>
public sealed class ValidateFilesTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_row_in_two_splits_is_found_at_the_second_whatever_its_keys_order_and_escapes()
    {
        _folder.Write("set/train.jsonl", "{\"prompt\": \"é\", \"completion\": \"b\", \"id\": 1}\n{\"prompt\": \"x\", \"completion\": \"y\"}\n");
        _folder.Write("set/validation.jsonl", "{\"prompt\": \"q\", \"completion\": \"y\"}\n{\"completion\": \"b\", \"prompt\": \"\\u00e9\", \"id\": 2}\n");
        Assert.Equal(["validation.jsonl:2 IK2624 error"], Found(_folder.At("set"), "trl-sft"));

        // The same row twice in one split is not a leak.
        _folder.Write("one/train-00000.jsonl", "{\"text\": \"a\"}\n");
        _folder.Write("one/train-00001.jsonl", "{\"text\": \"a\"}\n");
        Assert.Empty(Found(_folder.At("one"), "trl-sft"));

        // Objects inside are compared without the order of their keys.
        _folder.Write("chat/train.jsonl", "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}\n");
        _folder.Write("chat/test.jsonl", "{\"messages\": [{\"content\": \"a\", \"role\": \"user\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}\n");
        Assert.Equal(["train.jsonl:1 IK2624 error"], Found(_folder.At("chat"), "trl-sft"));
    }

    [Fact]
    public void Shards_that_drift_are_found_where_they_do()
    {
        _folder.Write("set/train-00000-of-00002.jsonl", "{\"a\": 1, \"b\": null}\n");
        _folder.Write("set/train-00001-of-00002.jsonl", "{\"a\": \"x\", \"b\": \"y\", \"c\": 1}\n");
        Assert.Equal(
            ["train-00001-of-00002.jsonl:1 IK2614 error", "train-00001-of-00002.jsonl:1 IK2614 error", "train-00001-of-00002.jsonl:1 IK2614 error"],
            Found(_folder.At("set"), "hf-datasets"));

        // A column that a later shard lacks is null there.
        _folder.Write("right/train-00000-of-00002.jsonl", "{\"a\": 1, \"b\": \"x\"}\n");
        _folder.Write("right/train-00001-of-00002.jsonl", "{\"a\": 2}\n");
        Assert.Empty(Found(_folder.At("right"), "hf-datasets"));
    }

    [Fact]
    public void The_card_is_held_against_the_files_and_says_which_ones_are_data()
    {
        _folder.Write("set/README.md", """
            ---
            license: other
            configs:
            - config_name: default
              data_files:
              - split: train
                path: data/train-*
              - split: held-out
                path: data/held_out-*
            - data_files: missing.jsonl
            ---
            # Card
            """);
        _folder.Write("set/data/train-00000-of-00001.jsonl", "{\"text\": \"a\"}\n");
        _folder.Write("set/data/held_out-00000-of-00001.jsonl", "{\"text\": \"b\"}\n");
        _folder.Write("set/report.json", "{\"rows\": 3}");
        Assert.Equal(["README.md:10 IK2602 error", "README.md:10 IK2625 error", "README.md:8 IK2604 error"], Found(_folder.At("set"), "hf-datasets"));
    }

    // What datasets itself rejects (metadata.py, data_files.py sanitize_patterns), and a folder, which its glob does not treat as a file.
    [Theory]
    [InlineData("data_files: {train: data/a.jsonl}", "IK2603")]
    [InlineData("data_files: [{split: train, path: data/a.jsonl}, {split: train, path: data/a.jsonl}]", "IK2604")]
    [InlineData("data_files: [{split: train, path: data/a.jsonl}, data/a.jsonl]", "IK2603")]
    [InlineData("data_files: [{split: train, path: data/a.jsonl, format: json}]", "IK2605")]
    [InlineData("data_files: data", "IK2625")]
    [InlineData("data_files: [3]", "IK2625")]
    [InlineData("data_files: [{split: train, path: data/a.jsonl}]\n  default: true\n- config_name: b\n  default: true\n  data_files: data/a.jsonl", "IK2604")]
    [InlineData("data_files: [data/a.jsonl]", "")]
    [InlineData("data_files: [{split: train, path: [data/a.jsonl]}, {split: held_out, path: data/*.jsonl}]", "")]
    [InlineData("data_dir: data", "")]
    public void A_card_lists_files_in_the_forms_that_the_loader_takes(string entry, string code)
    {
        _folder.Write("set/data/a.jsonl", "{\"text\": \"a\"}\n");
        _folder.Write("set/README.md", $"---\nconfigs:\n- config_name: default\n  {entry}\n---\n");
        Assert.Equal(code.Length == 0 ? [] : [code], DatasetCardFiles.Read(_folder.At("set"), "set").Findings.Select(finding => finding.Diagnostic.Code));
    }

    [Fact]
    public void Without_a_card_names_say_what_is_data_and_of_which_split()
    {
        // The split of numbered shards has no hyphen.
        _folder.Write("hyphen/data/held-out-00000-of-00001.jsonl", "{\"a\": 1}\n");
        Assert.Equal(["held-out-00000-of-00001.jsonl:1 IK2616 error"], Found(_folder.At("hyphen"), "hf-datasets"));
        _folder.Write("right/data/held_out-00000-of-00001.jsonl", "{\"a\": 1}\n");
        _folder.Write("right/data/train-00000-of-00001.jsonl", "{\"a\": 2}\n");
        _folder.Write("right/manifest.json", "{}");
        Assert.Empty(Found(_folder.At("right"), "hf-datasets"));
        _folder.Write("right/data/held_out-00000-of-00001.jsonl", "{\"a\": 2}\n");
        Assert.Equal(["train-00000-of-00001.jsonl:1 IK2624 error"], Found(_folder.At("right"), "hf-datasets"));

        // A report counts as data unless a name says otherwise.
        _folder.Write("stray/rows.jsonl", "{\"a\": 1}\n");
        _folder.Write("stray/manifest.json", "{}");
        Assert.Equal(["manifest.json:1 IK2633 warning"], Found(_folder.At("stray"), "hf-datasets"));

        // One kind of file for all splits.
        _folder.Write("kinds/train.jsonl", "{\"a\": 1}\n");
        _folder.Write("kinds/test.csv", "a\n2\n");
        Assert.Contains(":0 IK2616 error", Found(_folder.At("kinds"), "hf-datasets"));

        // A folder's name takes precedence over a file's.
        Assert.Equal(["train", "test", "validation", "held_out", ""], new[] { "train/test-1.jsonl", "test.jsonl", "x/valid-2/a.json", "data/held_out-00000-of-00001.parquet", "contest.jsonl" }.Select(ValidationInputs.SplitIn));
    }

    [Fact]
    public void Size_and_byte_order_marks_weigh_as_much_as_the_consumer_says()
    {
        var large = _folder.At("large.jsonl");
        using (var file = File.Create(large)) file.SetLength((512L << 20) + 1);
        Assert.Contains("large.jsonl:1 IK2616 warning", Found(large, "openai-chat", "--max-line-bytes", "1000"));
        using (var file = File.OpenWrite(large)) file.SetLength((8L << 30) + 1);
        Assert.Contains("large.jsonl:1 IK2616 error", Found(large, "openai-chat", "--max-line-bytes", "1000"));
        Assert.Equal(["mark.jsonl:1 IK2617 error"], Found(_folder.Write("mark.jsonl", "\ufeff{\"text\": \"a\"}\n"), "megatron-text"));
        Assert.Equal(["mark.jsonl:1 IK2617 warning"], Found(_folder.At("mark.jsonl"), "axolotl-completion"));
    }

    // fsspec's globs: a class matches one of its characters, and [!…] one that is not in it.
    [Theory]
    [InlineData("data/train-[0-9]*.jsonl", "data/train-0.jsonl data/train-17.jsonl")]
    [InlineData("data/train-[!0-9].jsonl", "data/train-x.jsonl")]
    [InlineData("**/train-[xy].jsonl", "data/train-x.jsonl")]
    [InlineData("data/train-[7].jsonl", "")]
    public void Classes_of_letters_in_a_pattern_choose_files(string pattern, string expected)
    {
        foreach (var name in (string[])["train-0", "train-17", "train-x"]) _folder.Write($"set/data/{name}.jsonl", "{\"text\": \"a\"}\n");
        _folder.Write("set/README.md", $"---\nconfigs:\n- config_name: default\n  data_files:\n  - {{split: train, path: \"{pattern}\"}}\n---\n");
        var card = DatasetCardFiles.Read(_folder.At("set"), "set");
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), card.Files.Keys.Select(path => Path.GetRelativePath(_folder.At("set"), path).Replace('\\', '/')).Order(StringComparer.Ordinal));
        Assert.Equal(expected.Length == 0, card.Findings.Count == 1);
    }

    [Fact]
    public void A_folder_has_the_names_that_its_consumer_looks_for()
    {
        _folder.Write("nemo/validation.jsonl", "{\"input\": \"a\", \"output\": \"b\"}\n");
        Assert.Equal([":0 IK2616 error"], Found(_folder.At("nemo"), "nemo"));
        _folder.Write("nemo/training.jsonl", "{\"input\": \"c\", \"output\": \"b\"}\n");
        Assert.Empty(Found(_folder.At("nemo"), "nemo"));

        // A build has its data in a folder of that name.
        _folder.Write("built/data/training.jsonl", "{\"input\": \"c\", \"output\": \"b\"}\n");
        Assert.Empty(Found(_folder.At("built"), "nemo"));

        const string row = "{\"instruction\": \"a\", \"input\": \"\", \"output\": \"b\"}\n";
        _folder.Write("lf/a.jsonl", row);
        _folder.Write("lf/b.json", $"[{row}]");
        Assert.Equal([":0 IK2616 error"], Found(_folder.At("lf"), "llama-factory-alpaca"));

        _folder.Write("registered/a.jsonl", row);
        _folder.Write("registered/dataset_info.json", "{\n  \"one\": {\"file_name\": \"a.jsonl\"},\n  \"two\": {\"file_name\": \"c.jsonl\"}\n}\n");
        Assert.Equal(["dataset_info.json:3 IK2625 error"], Found(_folder.At("registered"), "llama-factory-alpaca"));
    }

    [Fact]
    public void What_can_be_left_out_safely_is_left_out_of_a_new_file()
    {
        var path = _folder.Write("rows.jsonl", "\ufeff{\"text\": \"a\", \"n\": 1}\r\n\n{\"n\": 2, \"text\": \"\\u00e9\", \"meta\": null}\n  \n{\"text\": \"c\"}\n{broken\n");
        var run = CliRun.Of("validate", path, "--target", "axolotl-completion", "--fix", _folder.At("fixed.jsonl"));
        Assert.Equal("{\"text\": \"a\", \"n\": 1}\n{\"text\": \"\\u00e9\", \"n\": 2}\n{\"text\": \"c\"}\n{broken\n", File.ReadAllText(_folder.At("fixed.jsonl"), Encoding.UTF8));
        Assert.EndsWith("4 rows; left out 1 null keys, 2 blank lines and 1 byte-order mark; ordered the keys of 1 row.\n", run.Error, StringComparison.Ordinal);

        // Never over existing files, least of all the input.
        Assert.Contains("--fix never overwrites anything", CliRun.Of("validate", path, "--fix", path).Error, StringComparison.Ordinal);
        _folder.Write("set/a/x.jsonl", "{\"text\": \"a\"}\n");
        CliRun.Ok("validate", _folder.At("set"), "--target", "trl-sft", "--fix", _folder.At("out"));
        Assert.True(File.Exists(_folder.At("out", "a", "x.jsonl")));

        // The fixed files have the same content as the broken ones, and are valid for every reader; the card is copied.
        _folder.Write("card/README.md", "---\nconfigs:\n- config_name: default\n  data_files: data/*.jsonl\n---\n");
        _folder.Write("card/data/a.jsonl", "\ufeff{\"text\": \"a\", \"x\": null}\n\n{\"x\": null, \"text\": \"b\"}");
        CliRun.Of("validate", _folder.At("card"), "--target", "megatron-text", "--fix", _folder.At("mended"));
        Assert.Equal("{\"text\": \"a\"}\n{\"text\": \"b\"}\n", File.ReadAllText(_folder.At("mended", "data", "a.jsonl"), Encoding.UTF8));
        Assert.Empty(Found(_folder.At("mended"), "megatron-text"));
        Assert.Equal(File.ReadAllText(_folder.At("card", "README.md")), File.ReadAllText(_folder.At("mended", "README.md")));
        Assert.Contains("only fixes JSON Lines", CliRun.Of("validate", _folder.Write("array.json", "[{\"text\": \"a\"}]"), "--target", "axolotl-completion", "--fix", _folder.At("y.jsonl")).Error, StringComparison.Ordinal);
    }

    // gpt2: "Question" is one token, " is" and "is" are one each; "Hello" + " world" are two; "a" + "b" merge into "ab".
    [Fact]
    public void Cut_and_masked_targets_merged_borders_and_control_tokens()
    {
        var path = _folder.Write("rows.jsonl", """
            {"prompt": "Hello", "completion": " world"}
            {"prompt": "a", "completion": "b"}
            {"prompt": "one two three four", "completion": " five"}
            {"prompt": "one two three", "completion": " four five six"}
            {"prompt": "Say <|im_end|>", "completion": " x"}
            """ + "\n");
        var found = Found(path, "trl-sft", "--tokenizer", "gpt2", "--max-tokens", "4");
        Assert.Equal(["rows.jsonl:2 IK2628 warning", "rows.jsonl:3 IK2626 error", "rows.jsonl:4 IK2627 warning"], found.Where(one => one[11] != '5'));
        Assert.Contains("rows.jsonl:5 IK2629 warning", found);

        var chat = _folder.Write("chat.jsonl", "{\"messages\": [{\"role\": \"user\", \"content\": \"one two three four\"}, {\"role\": \"assistant\", \"content\": \"five\"}]}\n");
        Assert.Equal(["chat.jsonl:1 IK2626 error"], Found(chat, "trl-sft", "--tokenizer", "gpt2", "--max-tokens", "4"));
        Assert.Empty(Found(chat, "trl-sft", "--tokenizer", "gpt2", "--max-tokens", "5"));

        // A single text, a question of two fields, a prompt without an answer, and a pair of answers, each one token too long and at the limit.
        foreach (var (target, row, code) in new[]
        {
            ("axolotl-completion", "{\"text\": \"one two three fourX\"}", "IK2627 warning"),
            ("axolotl-alpaca", "{\"instruction\": \"one\", \"input\": \"two\", \"output\": \"threeX\"}", "IK2627 warning"),
            ("trl-prompt", "{\"prompt\": \"one two three fourX\"}", "IK2627 warning"),
            ("trl-preference", "{\"prompt\": \"one two\", \"chosen\": \" three fourX\", \"rejected\": \" five\"}", "IK2627 warning"),
        })
        {
            Assert.Equal([$"one.jsonl:1 {code}"], Found(_folder.Write("one.jsonl", row.Replace("X", " five six", StringComparison.Ordinal) + "\n"), target, "--tokenizer", "gpt2", "--max-tokens", "5"));
            Assert.Empty(Found(_folder.Write("one.jsonl", row.Replace("X", string.Empty, StringComparison.Ordinal) + "\n"), target, "--tokenizer", "gpt2", "--max-tokens", "5"));
        }

        Assert.Contains("give both", CliRun.Of("validate", path, "--max-tokens", "4").Error, StringComparison.Ordinal);
        Assert.Contains("needs --target", CliRun.Of("validate", path, "--tokenizer", "gpt2").Error, StringComparison.Ordinal);
    }

    private static List<string> Found(string path, params string[] arguments) =>
    [
        .. JsonDocument.Parse(CliRun.Of(["validate", path, "--json", "--target", .. arguments]).Output).RootElement.GetProperty("findings").EnumerateArray()
            .Select(one => $"{Path.GetFileName(one.GetProperty("file").GetString())}:{(one.GetProperty("line").ValueKind == JsonValueKind.Null ? 0 : one.GetProperty("line").GetInt32())} {one.GetProperty("code").GetString()} {one.GetProperty("severity").GetString()}")
            .Order(StringComparer.Ordinal),
    ];
}
