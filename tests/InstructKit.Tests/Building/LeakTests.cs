using System.Text.Json;
using InstructKit.Building;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Examples;
using InstructKit.Protocol;
using InstructKit.Tasks;
using InstructKit.Tests.Cli;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>Held-out rows are not trained on, whatever the names of their task, columns and file.</summary>
public sealed class LeakTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public LeakTests() => _scratch.Write("catalogue/clusters.yaml", ToyTask.Clusters);

    private BuildPlan Plan => new() { Out = _scratch.At("out"), Data = [_scratch.At("data")], TaskFolders = [_scratch.At("own")], Tasks = ["held", "mine"], HoldOut = ["held"], Order = RowOrder.Source, Shuffle = false, Jobs = 2 };

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(4, LeakPolicy.Fail, 4)]
    [InlineData(5, LeakPolicy.Fail, -1)]
    [InlineData(60, LeakPolicy.Drop, 60)]
    [InlineData(60, LeakPolicy.Report, 0)]
    public void Rows_under_other_names_in_another_order_are_found(int shared, LeakPolicy policy, int dropped)
    {
        // 100 held-out rows; the copies differ in column names, order, case, white space and compatibility characters.
        Write("held", "test", "held.jsonl", "question", Enumerable.Range(0, 100).Select(Text));
        Write("mine", "train", "mine.jsonl", "body", Enumerable.Range(0, shared).Reverse().Select(i => "  " + Text(i).ToUpperInvariant().Replace(" ", " \u00a0 ", StringComparison.Ordinal)).Concat(Enumerable.Range(1000, 200).Select(Text)));
        if (dropped < 0)
        {
            var found = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan with { OnLeak = policy })).Diagnostics.Single();
            Assert.Equal(TaskCodes.Leak, found.Code);
            Assert.Contains("'mine' cannot be trained on: it has 5 of 100 rows (5 %) of the held-out 'held'", found.Message, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_scratch.At("out")));
            return;
        }

        var report = ToyTask.Build(_scratch, Plan with { OnLeak = policy });
        var counts = report.Tasks.Single(task => task.Task.Use == TaskUse.Train).Slices.Single().Counts;
        Assert.Equal(dropped, counts.Dropped.GetValueOrDefault(DropReasons.InHeldOut));
        Assert.Equal(shared + 200 - dropped, counts.Selected);
        Assert.Equal([new LeakCount("mine", "held", shared, shared, 100)], report.Leaks);
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(_scratch.At("out", ".instructkit", "manifest.json")));
        Assert.Equal(shared, manifest.RootElement.GetProperty("leaks")[0].GetProperty("held_out_rows").GetInt64());
    }

    [Fact]
    public void Texts_of_ascii_and_others_have_one_key_whatever_their_white_space()
    {
        // A full-width letter is folded to the letter, by a different path than ASCII; every blank is a different space character.
        string[] spaces = [" ", "  ", "\t", "\n", "\v\f", " \r\n", "\u001c", "\u001d \u001e", "\u001f", "\u0020\u0085", "\u00a0", "\u2028"];
        string Spread(int i, string[] among)
        {
            var text = string.Concat(Text(i).Select((letter, at) => letter == ' ' ? among[(i + (at * 7)) % among.Length] : letter.ToString()));
            return i % 3 == 0 ? among[0] + text + among[^1] : text;
        }

        Write("held", "test", "held.jsonl", "question", Enumerable.Range(0, 300).Select(i => Spread(i, spaces).Replace('a', 'ａ')));
        Write("mine", "train", "mine.jsonl", "body", Enumerable.Range(0, 300).Select(i => Spread(i, spaces[..9]).ToUpperInvariant()).Concat(Enumerable.Range(1000, 50).Select(Text)));
        Assert.Equal([new LeakCount("mine", "held", 300, 300, 300)], ToyTask.Build(_scratch, Plan with { OnLeak = LeakPolicy.Drop }).Leaks);
    }

    [Theory]
    [InlineData(TemplateAssignment.One, 1)]
    [InlineData(TemplateAssignment.RoundRobin, 4)]
    public void Counts_end_where_the_cap_ends(TemplateAssignment assign, int jobs)
    {
        Write("held", "test", "held.jsonl", "question", Enumerable.Range(0, 5000).Select(Text));
        Write("mine", "train", "mine.jsonl", "body", Enumerable.Range(0, 5000).SelectMany(i => (string[])[Text(i), Text(i + 100_000)]));
        var report = ToyTask.Build(_scratch, Plan with { OnLeak = LeakPolicy.Drop, MaxTrain = 10, Assign = assign, Jobs = jobs });
        Assert.Equal([new LeakCount("mine", "held", 10, 10, 5000)], report.Leaks);
    }

    [Fact]
    public void Rows_without_a_long_text_match_as_a_whole_and_the_answer_is_no_part_of_others()
    {
        Write("held", "test", "held.jsonl", "question", ["short", "other"]);
        Write("mine", "train", "mine.jsonl", "body", ["short", "SHORT ", "more", "less"]);
        var report = ToyTask.Build(_scratch, Plan with { OnLeak = LeakPolicy.Drop });
        // The labels alternate, so only the first is the same row as a whole.
        Assert.Equal([new LeakCount("mine", "held", 1, 1, 2)], report.Leaks);
    }

    [Theory]
    [InlineData("train[:60]", "train[60:]", false)]
    [InlineData("train[:-40]", "train[-40:]", false)]
    [InlineData("train[:61]", "train[60:]", true)]
    [InlineData("train[:10] + train[90:]", "train[10:90]", false)]
    [InlineData("train", "train[99:]", true)]
    public void Disjoint_slices_of_one_file_are_allowed(string train, string test, bool refused)
    {
        _scratch.Write("data/one.jsonl", Lines("question", Enumerable.Range(0, 100).Select(Text)));
        Task("held", "question", "train", "one.jsonl", "test", test);
        Task("mine", "question", "train", "one.jsonl", "train", train);
        AssertRefused(refused, "one.jsonl");
    }

    [Theory]
    [InlineData("link")]
    [InlineData("copy")]
    [InlineData("folder")]
    public void One_file_under_two_names_is_one_file(string how)
    {
        // The columns that the two tasks read have nothing in common, so content cannot reveal it.
        _scratch.Write("data/held.jsonl", string.Concat(Enumerable.Range(0, 30).Select(i => $$"""{"question": "{{Text(i)}}", "body": "{{Text(i + 500)}}", "label": {{i % 2}}}""" + "\n")));
        var name = how == "folder" ? "other/held.jsonl" : "mine.jsonl";
        if (how == "link") File.CreateSymbolicLink(_scratch.At("data/mine.jsonl"), _scratch.At("data/held.jsonl"));
        if (how == "folder") Directory.CreateSymbolicLink(_scratch.At("data/other"), _scratch.At("data"));
        if (how == "copy") File.Copy(_scratch.At("data/held.jsonl"), _scratch.At("data/mine.jsonl"));

        Task("held", "question", "test", "held.jsonl", "test", "test");
        Task("mine", "body", "train", name, "train", "train");
        AssertRefused(true, name);
    }

    [Fact]
    public void Ranges_of_several_files_are_those_of_each_file()
    {
        foreach (var part in new[] { "a", "b" }) _scratch.Write($"data/p_{part}.jsonl", Lines("question", Enumerable.Range(part[0] * 1000, 10).Select(Text)));

        // Rows 12 to 15 of both files are rows 2 to 5 of b.
        Task("held", "question", "test", "p_*.jsonl", "test", "test[12:15]");
        Task("mine", "question", "train", "p_b.jsonl", "train", "train[5:]");
        AssertRefused(false, "p_b.jsonl");
        Task("mine", "question", "train", "p_b.jsonl", "train", "train[4:]");
        AssertRefused(true, "p_b.jsonl");
    }

    // A row that the screen drops is counted by build, preview and lint alike; none of them screens rows of the test slice.
    [Theory]
    [InlineData("seeded")]
    [InlineData("source")]
    public void Build_preview_and_lint_drop_the_same_rows(string order)
    {
        Write("held", "test", "held.jsonl", "question", Enumerable.Range(0, 40).Select(Text));
        Write("mine", "train", "mine.jsonl", "body", Enumerable.Range(0, 60).Select(i => Text(i % 3 == 0 ? i : 1000 + i)));
        var task = _scratch.At("own", "mine.yaml");
        File.WriteAllText(task, File.ReadAllText(task).Replace("splits: { train: \"train\" }", $"splits: {{ test: \"train[:15]\", train: \"train[15:50]\" }}\norder: {order}", StringComparison.Ordinal));
        var counts = ToyTask.Build(_scratch, Plan with { OnLeak = LeakPolicy.Drop, InTaskTest = true, Order = RowOrder.Seeded }).Tasks.Single(task => task.Task.Use == TaskUse.Train).Slices.ToDictionary(slice => slice.Slice, slice => slice.Counts);
        var dropped = counts[SliceKind.Train].Dropped[DropReasons.InHeldOut];
        Assert.InRange(dropped, 1, 13);
        Assert.Empty(counts[SliceKind.Test].Dropped);

        string[] of = [task, "--tasks", _scratch.At("own", "held.yaml"), "--data", _scratch.At("data")];
        var preview = JsonDocument.Parse(CliRun.Ok(["preview", .. of, "--rows", "100", "--hold-out", "held", "--json"]).Output).RootElement;
        Assert.Equal(dropped, preview.GetProperty("rows").EnumerateArray().Count(row => row.GetProperty("unused").GetString() == "dropped: in_held_out"));

        var findings = JsonDocument.Parse(CliRun.Ok(["lint", .. of, "--hold-out", "held", "--json"]).Output).RootElement.GetProperty("findings").EnumerateArray();
        var message = findings.Single(finding => finding.GetProperty("code").GetString() == "IK2547").GetProperty("message").GetString();
        Assert.StartsWith($"{dropped} of 50 rows of the split 'train' are held out", message, StringComparison.Ordinal);
        Assert.DoesNotContain("IK2547", CliRun.Ok(["lint", .. of, "--json"]).Output, StringComparison.Ordinal);
    }

    // FLAN's `all_overlap` means to test what it trains on.
    [Theory]
    [InlineData("false", 1)]
    [InlineData("true", 0)]
    public void Rows_of_a_published_split_that_overlaps_are_screened_by_no_command(string overlaps, int filters)
    {
        Write("held", "test", "held.jsonl", "question", Enumerable.Range(0, 40).Select(Text));
        Write("mine", "train", "mine.jsonl", "body", Enumerable.Range(0, 60).Select(Text));
        _scratch.Write("catalogue/splits/family.yaml", $"family: family\noverlaps: {overlaps}\nsplits:\n  - {{ name: published, train: [ mine ], test: [ held ] }}\n");
        var registry = TaskRegistry.Open(_scratch.At("catalogue"), [_scratch.At("own")]);
        using var held = HoldOutFilters.Read(Plan with { HoldOut = ["published"], Tasks = null }, registry, TestContext.Current.CancellationToken);
        Assert.Equal(filters, held.FiltersOf("mine").Count);
        Assert.Empty(held.FiltersOf("held"));
    }

    // The rows shown as used in a preview are those that a build with the same hold-out trains on.
    [Fact]
    public void A_preview_with_a_hold_out_shows_which_rows_a_build_drops()
    {
        Write("held", "test", "held.jsonl", "question", Enumerable.Range(0, 40).Select(Text));
        Write("mine", "train", "mine.jsonl", "body", Enumerable.Range(0, 60).Select(i => Text(i % 3 == 0 ? i : 1000 + i)));
        ToyTask.Build(_scratch, Plan with { OnLeak = LeakPolicy.Drop });
        var trained = File.ReadLines(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("row").GetInt64()).Order().ToList();
        string[] preview = ["preview", _scratch.At("own", "mine.yaml"), "--tasks", _scratch.At("own", "held.yaml"), "--data", _scratch.At("data"), "--rows", "100"];
        var shown = JsonDocument.Parse(CliRun.Ok([.. preview, "--hold-out", "held", "--json"]).Output).RootElement.GetProperty("rows").EnumerateArray().ToLookup(row => row.GetProperty("unused").GetString(), row => row.GetProperty("row").GetInt64());
        Assert.Equal(trained, shown[null].Order());
        Assert.Equal(Enumerable.Range(0, 40).Where(i => i % 3 == 0).Select(i => (long)i), shown["dropped: in_held_out"].Order());
        Assert.DoesNotContain("in_held_out", CliRun.Ok(preview).Output, StringComparison.Ordinal);

        var held = CliRun.Of("preview", _scratch.At("own", "held.yaml"), "--data", _scratch.At("data"), "--hold-out", "held");
        Assert.Equal(2, held.Code);
        Assert.Contains("'held' is held out and cannot be trained on", held.Error, StringComparison.Ordinal);
    }

    private static string Text(int i) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Passage {i}: where did the cat sit, and why?");

    private static string Lines(string column, IEnumerable<string> texts) => string.Concat(texts.Select((text, i) => $$"""{"{{column}}": "{{JsonEncodedText.Encode(text)}}", "label": {{i % 2}}}""" + "\n"));

    private void AssertRefused(bool refused, string file)
    {
        var plan = Plan with { Force = true };
        if (!refused)
        {
            Assert.Empty(ToyTask.Build(_scratch, plan).Leaks);
            return;
        }

        var found = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, plan)).Diagnostics.Single();
        Assert.Equal(TaskCodes.Leak, found.Code);
        Assert.Contains("'mine'", found.Message, StringComparison.Ordinal);
        Assert.Contains("'held'", found.Message, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(file), found.Message, StringComparison.Ordinal);
    }

    private void Write(string task, string split, string file, string column, IEnumerable<string> texts)
    {
        _scratch.Write($"data/{file}", Lines(column, texts));
        Task(task, column, split, file, split, split);
    }

    private void Task(string key, string column, string split, string file, string slice, string range) => _scratch.Write($"own/{key}.yaml", $$$"""
        task: {{{key}}}
        title: {{{key}}}
        cluster: {{{key}}}
        columns: { {{{column}}}: string, label: int }
        layouts:
          - name: files
            format: jsonl
            files: { {{{split}}}: "../data/{{{file}}}" }
        splits: { {{{slice}}}: "{{{range}}}" }
        options: [ "no", "yes" ]
        answer: "options[label]"
        metrics: [ accuracy ]
        templates:
          - id: ask
            input: "{{ {{{column}}} }} {{ options_block }}"
            target: "{{ answer }}"
        """);
}
