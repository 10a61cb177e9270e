using System.Text.Json;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Formats;
using InstructKit.Lengths;
using InstructKit.Protocol;
using InstructKit.Tests.Cli;
using InstructKit.Tests.Parquet;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>Lengths as seen by a trainer, and how budgets handle longer examples.</summary>
public sealed class LengthTests : IDisposable
{
    private const int Rows = 90;

    private readonly ScratchFolder _scratch = new();

    public LengthTests()
    {
        Plan = ToyTask.TokenPlan(_scratch);
        _scratch.Write("own/mine.jsonl", string.Concat(Enumerable.Range(0, Rows).Select(i => JsonSerializer.Serialize(new { passage = Passage(i), question = Question(i), reply = Reply(i) }) + "\n")));
    }

    private BuildPlan Plan { get; }

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("prompt-completion", "prompt", "completion", "o200k_base")]
    [InlineData("pair", "input", "target", "gpt2")]
    [InlineData("t5-tsv", null, null, "gpt2")]
    public void Lengths_are_those_of_the_columns_and_of_the_token_that_ends_them(string format, string? input, string? target, string name)
    {
        var report = ToyTask.Build(_scratch, Plan with { Format = ExampleFormats.Find(format)!, Tokenizer = name });
        var tokenizer = Tokenizers.Open(name);
        List<(int Input, int Target)> lengths = [];
        foreach (var line in File.ReadLines(_scratch.At("out", "data", $"train-00000-of-00001.{(input is null ? "tsv" : "jsonl")}")))
        {
            if (input is null)
            {
                var cells = line.Split('\t').Select(cell => cell.Replace(@"\n", "\n", StringComparison.Ordinal)).ToList(); // there are no backslashes in these rows
                lengths.Add((tokenizer.Count(Encoding.UTF8.GetBytes(cells[0])), tokenizer.Count(Encoding.UTF8.GetBytes(cells[1])) + 1));
                continue;
            }

            var row = JsonDocument.Parse(line).RootElement;
            lengths.Add((tokenizer.Count(Encoding.UTF8.GetBytes(row.GetProperty(input).GetString()!)), tokenizer.Count(Encoding.UTF8.GetBytes(row.GetProperty(target!).GetString()!)) + 1));
            Assert.Equal(lengths[^1], (row.GetProperty("input_tokens").GetInt32(), row.GetProperty("target_tokens").GetInt32()));
        }

        var slice = Slice("train");
        AssertDistribution([.. lengths.Select(one => one.Input)], slice.GetProperty("input"));
        AssertDistribution([.. lengths.Select(one => one.Target)], slice.GetProperty("target"));
        AssertDistribution([.. lengths.Select(one => one.Input + one.Target)], slice.GetProperty("total"));
        Assert.Equal(lengths.Count, report.Examples(OutputSplit.Train));
        var unit = Manifest().GetProperty("lengths");
        Assert.Equal(("tokens", name, format, true), (unit.GetProperty("unit").GetString(), unit.GetProperty("tokenizer").GetString(), unit.GetProperty("format").GetString(), unit.GetProperty("end_token").GetBoolean()));
    }

    [Fact]
    public void Turns_are_counted_under_the_chat_template_and_words_where_they_are_asked_for()
    {
        var template = _scratch.Write("chat.jinja", "{% for message in messages %}[{{ message.role }}] {{ message.content }} [end]\n{% endfor %}{% if add_generation_prompt %}[assistant] {% endif %}");
        ToyTask.Build(_scratch, Plan with { Format = ExampleFormats.Find("messages")!, ChatTemplate = template, System = "Be brief." });
        var tokenizer = Tokenizers.Open("o200k_base");
        foreach (var row in RowsOf("out", "train"))
        {
            var turns = row.GetProperty("messages").EnumerateArray().Select(turn => (Role: turn.GetProperty("role").GetString(), Content: turn.GetProperty("content").GetString())).ToList();
            var prompt = string.Concat(turns.SkipLast(1).Select(turn => $"[{turn.Role}] {turn.Content} [end]\n")) + "[assistant] ";
            Assert.Equal(tokenizer.Count(Encoding.UTF8.GetBytes(prompt)), row.GetProperty("input_tokens").GetInt32());
            Assert.Equal(tokenizer.Count(Encoding.UTF8.GetBytes($"{turns[^1].Content} [end]\n")), row.GetProperty("target_tokens").GetInt32());
        }

        ToyTask.Build(_scratch, Plan with { Force = true, Tokenizer = null, Lengths = LengthUnit.Words });
        foreach (var row in RowsOf("out", "train"))
        {
            Assert.Equal(row.GetProperty("prompt").GetString()!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length, row.GetProperty("input_words").GetInt32());
            Assert.Equal(row.GetProperty("completion").GetString()!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length, row.GetProperty("target_words").GetInt32());
        }

        Assert.Equal("words", Manifest().GetProperty("lengths").GetProperty("unit").GetString());
        Assert.Contains("Lengths in words (no tokenizer)", File.ReadAllText(_scratch.At("out", "README.md")), StringComparison.Ordinal);
        Assert.Contains("tokenizer", Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan with { Force = true, Tokenizer = null, Lengths = LengthUnit.Tokens })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_can_be_left_out_of_the_columns_and_of_the_build()
    {
        ToyTask.Build(_scratch, Plan with { Drop = ["input_tokens", "target_tokens"] });
        Assert.False(RowsOf("out", "train")[0].TryGetProperty("input_tokens", out _));
        Assert.True(Slice("train").GetProperty("total").GetProperty("max").GetInt32() > 0);
        ToyTask.Build(_scratch, Plan with { Force = true, Lengths = LengthUnit.None });
        Assert.False(RowsOf("out", "train")[0].TryGetProperty("input_tokens", out _));
        Assert.False(Manifest().TryGetProperty("lengths", out _));
    }

    [Fact]
    public void A_plan_of_few_rows_says_what_its_build_will_find()
    {
        string[] arguments = ["--tasks", Own("cut: passage", "cut_target: true"), "--hold-out", "none", "--tokenizer", "gpt2", "--max-input", "60", "--max-target", "16", "--on-long", "cut", "--templates", "all", "--json"];
        using var plan = JsonDocument.Parse(CliRun.Ok(["plan", .. arguments]).Output);
        using var build = JsonDocument.Parse(CliRun.Ok(["build", .. arguments, "--out", _scratch.At("out")]).Output);
        var sampled = plan.RootElement.GetProperty("sample").GetProperty("slices")[0];
        var built = build.RootElement.GetProperty("tasks")[0].GetProperty("slices")[0];
        Assert.True(JsonElement.DeepEquals(built.GetProperty("lengths"), sampled.GetProperty("lengths")));
        Assert.Equal(built.GetProperty("examples").GetInt64(), sampled.GetProperty("examples").GetInt64());
        Assert.True(sampled.GetProperty("lengths").GetProperty("input_cut").GetInt64() > 0);

        var told = CliRun.Ok(["plan", .. arguments.SkipLast(1)]).Output;
        Assert.Contains("From a sample of 90 rows. Lengths in tokens of gpt2", told, StringComparison.Ordinal);
        Assert.Contains("Budget (max_input 60, max_target 16 tokens), train:", told, StringComparison.Ordinal);
        Assert.Contains("inputs cut", File.ReadAllText(_scratch.At("out", "README.md")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData(null)]
    public void Long_examples_are_dropped_or_kept_and_counted(string? tokenizer)
    {
        var plan = Of("one: two", tokenizer);
        var whole = ToyTask.Build(_scratch, plan);
        var unit = tokenizer is null ? "words" : "tokens";
        var all = RowsOf("out", "train").Select(row => (Text: $"{row.GetProperty("input")}|{row.GetProperty("target")}", Input: row.GetProperty($"input_{unit}").GetInt32(), Target: row.GetProperty($"target_{unit}").GetInt32())).ToList();
        Assert.Equal(whole.AllExamples, all.Count);
        var budget = new LengthBudget { MaxInput = 50, MaxTarget = 14, MaxTotal = 52 };
        var fit = all.Where(one => one is { Input: <= 50, Target: <= 14 } && one.Input + one.Target <= 52).Select(one => one.Text).ToList();
        Assert.InRange(fit.Count, 5, all.Count - 5);

        var dropped = ToyTask.Build(_scratch, plan with { Force = true, Budget = budget });
        Assert.Equal(fit, RowsOf("out", "train").Select(row => $"{row.GetProperty("input")}|{row.GetProperty("target")}"));
        var counts = dropped.Tasks[0].Slices[0].Counts;
        Assert.Equal(all.Count - fit.Count, counts.Dropped.Concat(counts.SkippedTemplates).Sum(one => one.Value) - counts.Dropped.Values.Sum() + (3 * counts.Dropped.Values.Sum()));
        Assert.Equal(["input_too_long", "target_too_long", "total_too_long"], counts.Dropped.Keys.Union(counts.SkippedTemplates.Keys).Order(StringComparer.Ordinal));

        var kept = ToyTask.Build(_scratch, plan with { Force = true, Budget = budget with { OnLong = OverBudget.Keep } });
        Assert.Equal(all.Select(one => one.Text), RowsOf("out", "train").Select(row => $"{row.GetProperty("input")}|{row.GetProperty("target")}"));
        Assert.Equal(all.Count - fit.Count, kept.Tasks[0].Slices[0].Counts.Lengths!.Over);
    }

    [Theory]
    [InlineData("sentence", "end", "gpt2", "jsonl")]
    [InlineData("sentence", "start", "gpt2", "jsonl")]
    [InlineData("word", "end", "gpt2", "parquet")]
    [InlineData("word", "start", null, "jsonl")]
    [InlineData("line", "end", "gpt2", "jsonl")]
    [InlineData("token", "end", "gpt2", "jsonl")]
    [InlineData("token", "start", "gpt2", "parquet")]
    public void The_named_text_is_cut_to_the_longest_part_that_fits(string at, string from, string? tokenizer, string container)
    {
        var plan = Of($"cut: {{ field: passage, at: {at}, from: {from} }}", tokenizer) with { Budget = new LengthBudget { MaxInput = 50, OnLong = OverBudget.Cut }, Container = InstructKit.Sinks.OutputContainers.Find(container) };
        var report = ToyTask.Build(_scratch, plan);
        var rows = container == "parquet" ? RowsAsJson.Read(_scratch.At("out", "data", "train-00000-of-00001.parquet")).Select(line => JsonDocument.Parse(line).RootElement).ToList() : RowsOf("out", "train");
        var counter = tokenizer is null ? null : Tokenizers.Open(tokenizer);
        int Count(string text) => counter?.Count(Encoding.UTF8.GetBytes(text)) ?? text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

        var cut = 0;
        foreach (var row in rows.Where(row => row.GetProperty("template").GetString() != "invent"))
        {
            var i = row.GetProperty("row").GetInt32();
            var template = row.GetProperty("template").GetString()!;
            var input = row.GetProperty("input").GetString()!;
            Assert.Equal(Reply(i), row.GetProperty("target").GetString());
            Assert.Equal(Passage(i), row.GetProperty("passage").GetString()); // carried along unchanged
            Assert.True(Count(input) <= 50);
            if (input == Input(template, Passage(i), i)) continue;

            cut++;
            var fitting = Parts(Passage(i), at, from).Where(part => Count(Input(template, part, i)) <= 50).ToList();
            Assert.Equal(Input(template, fitting.MaxBy(part => part.Length)!, i), input);
        }

        Assert.True(cut > 20);
        Assert.Equal(cut, report.Tasks[0].Slices[0].Counts.Lengths!.InputCut);
        // The template whose target is the passage has a short input, and is never touched.
        Assert.All(rows.Where(row => row.GetProperty("template").GetString() == "invent"), row => Assert.Equal(Passage(row.GetProperty("row").GetInt32()), row.GetProperty("target").GetString()));
    }

    [Fact]
    public void An_answer_is_cut_only_where_the_task_says_so()
    {
        var budget = new LengthBudget { MaxTarget = 14, OnLong = OverBudget.Cut };
        ToyTask.Build(_scratch, Of("cut: passage", "gpt2") with { Budget = budget });
        Assert.All(RowsOf("out", "train"), row => Assert.Contains(row.GetProperty("target").GetString(), new[] { Reply(row.GetProperty("row").GetInt32()), Passage(row.GetProperty("row").GetInt32()) }));

        var report = ToyTask.Build(_scratch, Of("cut: passage", "gpt2", "cut_target: { at: word, from: end }") with { Force = true, Budget = budget });
        var tokenizer = Tokenizers.Open("gpt2");
        var cut = 0;
        foreach (var row in RowsOf("out", "train"))
        {
            var i = row.GetProperty("row").GetInt32();
            var whole = row.GetProperty("template").GetString() == "invent" ? Passage(i) : Reply(i);
            var target = row.GetProperty("target").GetString()!;
            Assert.InRange(row.GetProperty("target_tokens").GetInt32(), 2, 14);
            if (target == whole) continue;

            cut++;
            Assert.Equal(Parts(whole, "word", "end").Where(part => tokenizer.Count(Encoding.UTF8.GetBytes(part)) + 1 <= 14).MaxBy(part => part.Length), target);
        }

        Assert.True(cut > 20);
        Assert.Equal(cut, report.Tasks[0].Slices[0].Counts.Lengths!.TargetCut);
    }

    [Fact]
    public void Budgets_leave_references_alone_and_can_leave_out_scored_splits()
    {
        var plan = Plan with { Format = ExampleFormats.Default };
        ToyTask.Build(_scratch, plan);
        var whole = RowsOf("out", "held_out").Select(row => row.GetProperty("input").GetString()).ToList();
        var report = ToyTask.Build(_scratch, plan with { Force = true, Budget = new LengthBudget { MaxTarget = 1 }, AllowEmpty = true });
        Assert.Equal(whole, RowsOf("out", "held_out").Select(row => row.GetProperty("input").GetString()));
        Assert.Equal(0, report.Examples(OutputSplit.Train));
        ToyTask.Build(_scratch, plan with { Force = true, Budget = new LengthBudget { MaxInput = 1, Part = SplitPart.Train }, AllowEmpty = true });
        Assert.Equal(whole, RowsOf("out", "held_out").Select(row => row.GetProperty("input").GetString()));
        report = ToyTask.Build(_scratch, plan with { Force = true, Budget = new LengthBudget { MaxInput = 1, Part = SplitPart.Evaluation }, AllowEmpty = true });
        Assert.Equal(0, report.Examples(OutputSplit.HeldOut));
        Assert.True(report.Examples(OutputSplit.Train) > 0);
    }

    [Fact]
    public void A_cut_input_keeps_its_exemplars_and_does_not_depend_on_jobs()
    {
        var plan = Of("cut: passage", "gpt2") with { FewShot = new FewShot { Exemplars = 2, Budget = null }, Budget = new LengthBudget { MaxInput = 400, OnLong = OverBudget.Cut } };
        ToyTask.Build(_scratch, plan with { Jobs = 1 });
        ToyTask.Build(_scratch, plan with { Jobs = 8, Out = _scratch.At("eight") });
        Assert.Equal(ToyTask.ReadAll(_scratch.At("out", "data")), ToyTask.ReadAll(_scratch.At("eight", "data")));
        var rows = RowsOf("out", "train");
        Assert.All(rows, row => Assert.Equal(2, row.GetProperty("exemplars").GetArrayLength()));
        Assert.All(rows, row => Assert.InRange(row.GetProperty("input_tokens").GetInt32(), 1, 400));
        Assert.True(Slice("train").GetProperty("input_cut").GetInt64() > 5);
    }

    [Theory]
    [InlineData("cut: pasage", "Did you mean 'passage'?")]
    [InlineData("cut: { field: passage, at: page }", "sentence")]
    [InlineData("cut: { at: word }", "'field'")]
    [InlineData("cut_target: perhaps", "true or false")]
    [InlineData("cut: [passage]", "mapping")]
    public void A_wrong_cut_is_refused_with_its_place(string key, string expected)
    {
        var wrong = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Of(key, "gpt2"))).Diagnostics[0];
        Assert.Contains(expected, wrong.Message + wrong.Hint, StringComparison.Ordinal);
        Assert.EndsWith("mine.yaml", wrong.Span!.Value.Source.Name, StringComparison.Ordinal);
    }

    private static string Passage(int i) => string.Concat(Enumerable.Range(0, (i * 7 % 23) + 1).Select(j => $"{(j > 0 ? j % 4 == 3 ? "\n" : " " : string.Empty)}Sentence \"{i}\" number {j} é😀."));

    private static string Question(int i) => $"what is {i}?";

    private static string Reply(int i) => string.Join(' ', Enumerable.Range(0, (i % 6) + 1).Select(j => $"Reply {j} of {i}."));

    private static string Input(string template, string passage, int i) => template == "ask" ? $"{passage}\nQ: {Question(i)}\nAnswer it." : $"Loud: {passage.ToUpperInvariant()}\nQ: {Question(i)}";

    // By the definition: every prefix or suffix that ends or begins at a boundary, without white space at the cut.
    private static IEnumerable<string> Parts(string text, string at, string from)
    {
        for (var i = 1; i < text.Length; i++)
        {
            var isBorder = at switch
            {
                "token" => !char.IsLowSurrogate(text[i]),
                "word" => char.IsWhiteSpace(text[i]),
                "line" => text[i] == '\n',
                _ => char.IsWhiteSpace(text[i]) && (text[i] == '\n' || text[i - 1] == '.'),
            };
            if (!isBorder) continue;

            yield return from == "end" ? (at == "token" ? text[..i] : text[..i].TrimEnd()) : at == "token" ? text[i..] : text[i..].TrimStart();
        }
    }

    private static void AssertDistribution(List<int> lengths, JsonElement told)
    {
        lengths.Sort();
        int Rank(double share) => lengths[Math.Max(1, (int)Math.Ceiling(share * lengths.Count)) - 1];
        Assert.Equal(
            (lengths.Count, lengths.Sum(), lengths[0], Rank(0.5), Rank(0.9), Rank(0.95), Rank(0.99), lengths[^1]),
            (Number("count"), Number("sum"), Number("min"), Number("p50"), Number("p90"), Number("p95"), Number("p99"), Number("max")));
        var bins = told.GetProperty("histogram").EnumerateObject().Select(bin => (UpTo: int.Parse(bin.Name, CultureInfo.InvariantCulture), Count: bin.Value.GetInt32())).ToList();
        Assert.All(bins, bin => Assert.Equal(lengths.Count(length => length <= bin.UpTo && (length > bin.UpTo / 2 || bin.UpTo == 1)), bin.Count));
        Assert.Equal(lengths.Count, bins.Sum(bin => bin.Count));

        int Number(string name) => told.GetProperty(name).GetInt32();
    }

    private string Own(params string[] keys) => _scratch.Write("own/mine.yaml", $$$"""
        task: mine
        title: Mine
        columns: { passage: string, question: string, reply: string }
        fields: { shout: "passage | upper" }
        {{{string.Join('\n', keys)}}}
        layouts: [{ name: lines, format: jsonl, files: { train: mine.jsonl } }]
        splits: { train: train }
        answer: reply
        templates:
          - { id: ask, input: "{{ passage }}\nQ: {{ question }}\nAnswer it.", target: "{{ answer }}" }
          - { id: shout, input: "Loud: {{ shout }}\nQ: {{ question }}", target: "{{ answer }}" }
          - { id: invent, kind: inverse, input: "Invent a passage about {{ question }}", target: "{{ passage }}" }
        """);

    private BuildPlan Of(string key, string? tokenizer, string second = "# none") => new()
    {
        Tasks = ["mine"],
        TaskFolders = [Own(key == "one: two" ? "# none" : key, second)],
        Out = _scratch.At("out"),
        Jobs = 2,
        Assign = TemplateAssignment.All,
        Tokenizer = tokenizer,
        Lengths = tokenizer is null ? LengthUnit.Words : null,
        With = ["passage"],
    };

    private List<JsonElement> RowsOf(string folder, string split) => [.. File.ReadLines(_scratch.At(folder, "data", $"{split}-00000-of-00001.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];

    private JsonElement Manifest() => JsonDocument.Parse(File.ReadAllBytes(_scratch.At("out", ".instructkit", "manifest.json"))).RootElement;

    private JsonElement Slice(string output) =>
        Manifest().GetProperty("tasks").EnumerateArray().SelectMany(task => task.GetProperty("slices").EnumerateArray()).First(slice => slice.GetProperty("output").GetString() == output).GetProperty("lengths");
}
