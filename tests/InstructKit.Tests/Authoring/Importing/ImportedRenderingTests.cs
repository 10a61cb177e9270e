using InstructKit.Authoring.Importing.Flan;
using InstructKit.Authoring.Importing.LmEval;
using InstructKit.Authoring.Importing.NaturalInstructions;
using InstructKit.Authoring.Importing.Promptsource;
using InstructKit.Authoring.Importing.Unitxt;
using InstructKit.Sources.Formats;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;
using InstructKit.Yaml;
using Xunit;

namespace InstructKit.Tests.Authoring.Importing;

/// <summary>An imported template renders a row like the original.</summary>
public sealed class ImportedRenderingTests
{
    private const string Harbour = """
        {"entry": "Grey, windy.\n\n \"Ropes\" ||| wet", "state": 1, "boats": ["Ida", "Möwe", "Rosa ||| II"], "first": "Möwe", "note": "grey"}
        {"entry": "", "state": 0, "boats": ["Ida"], "first": null, "note": "  "}
        """;

    [Fact]
    public void Promptsource()
    {
        using var folder = new ScratchFolder();
        PromptsourceImporter.Import([Path.Combine(ImportCaseTests.Cases, "promptsource", "input")]).Write(folder.Path, force: false, TestContext.Current.CancellationToken);
        var rows = Render(folder, "harbour_logs", "train", Harbour);

        Assert.Equal(
            [
                ("The harbour master wrote: \"Grey, windy.\n\n \"Ropes\" ||| wet\"\n\nWas the sea calm or rough that day?", "rough", "calm;rough", 1),
                ("Grey, windy.\n\n \"Ropes\" ||| wet\nWhich boat left first: Ida, Möwe or Rosa ||| II?", "Möwe", "Ida;Möwe;Rosa ||| II", 1),
                ("Write a log entry of a rough day.", "Grey, windy.\n\n \"Ropes\" ||| wet", "", -1),
                ("Shorten: Grey, windy.\n\n \"Ropes\" ||| wet", "grey", "", -1),
            ],
            rows[0]);
        Assert.Equal(("", "", "Ida", -1), rows[1][1]);
        Assert.Equal(("Shorten:", "", "", -1), rows[1][3]);
    }

    [Fact]
    public void Promptsource_equals_the_engines_own_dialect_on_the_texts_of_the_source()
    {
        using var folder = new ScratchFolder();
        var path = Path.Combine(ImportCaseTests.Cases, "promptsource", "input", "harbour", "logs", "templates.yaml");
        PromptsourceImporter.Import([path]).Write(folder.Path, force: false, TestContext.Current.CancellationToken);
        var rows = Render(folder, "harbour_logs", "train", Harbour);
        var originals = ((YamlMap)YamlFile.Load(path).Find("templates")!).Entries.Select(entry => (YamlMap)entry.Value).Select(map => PromptsourceTemplate.Parse(
            ((YamlScalar)map.Find("jinja")!).Embedded,
            map.Find("answer_choices") is YamlScalar { IsNull: false } choices ? choices.Embedded : null,
            TemplateOptions.For(Dialect.Promptsource))).ToList();
        var lines = Harbour.Split('\n');
        for (var row = 0; row < lines.Length; row++)
        {
            for (var i = 0; i < originals.Count; i++)
            {
                var context = new RenderContext(RenderLimits.Default) { Variables = Value.FromJson(Encoding.UTF8.GetBytes(lines[row])) };
                context.BeginRow([], []);
                var pieces = originals[i].Apply(context).Pieces.Select(piece => piece.ToString()).ToList();
                Assert.Equal((pieces[0], pieces.ElementAtOrDefault(1) ?? ""), (rows[row][i].Input, rows[row][i].Target));
            }
        }
    }

    [Fact]
    public void Flan()
    {
        using var folder = new ScratchFolder();
        FlanImporter.Import([Path.Combine(ImportCaseTests.Cases, "flan", "input", "templates.py")]).Write(folder.Path, force: false, TestContext.Current.CancellationToken);
        var rows = Render(folder, "tide", "train", """{"report": "Wet {answer} quay", "harbour": "Nord", "options": ["yes", "no"], "answer": "no"}""");

        Assert.Equal(("Wet {answer} quay\n\nIs the tide rising in \"Nord\"?\nOPTIONS:\n- yes\n- no", "no", "yes;no", 1), rows[0][0]);
        Assert.Equal(("Report: Wet {answer} quayn\nDoes the water at Nord rise?\n\nOPTIONS:\n- yes\n- no", "no", "yes;no", 1), rows[0][1]);
        Assert.Equal("Write a report for Nord in which the answer is 'no'.", rows[0][7].Input);
        Assert.Equal("Wet {answer} quay über Nord?\tOPTIONS:\n- yes\n- no  ", rows[0][8].Input);
    }

    [Theory]
    [InlineData("rain_north", "test", """{"forecast": " Rain. ", "region": "Nord", "rain": 1}""", "These are forecasts for Nord.\n\nRain.\nWill it rain?\nAnswer:", "yes", 1)]
    [InlineData("rain_north", "test", """{"forecast": "Sun", "region": "Nord", "rain": "no"}""", "These are forecasts for Nord.\n\nSun\nWill it rain?\nAnswer:", "no", 0)]
    [InlineData("picks", "test", """{"question": "Which {{ one }}?", "key": "B", "choices": {"label": ["A", "B"], "text": ["x", "y"]}}""", "Which {{ one }}?", "y", 1)]
    [InlineData("open", "validation", """{"note": "n", "summary": "s", "sure": true}""", "Note: n\nSummary:", " s!", -1)]
    [InlineData("trims", "test", """{"note": "n"}""", "Notes.\n n", "n", -1)]
    [InlineData("words", "test", """{"word": "sun"}""", "sun is", "warm", 0)]
    [InlineData("aliases", "test", """{"place": "Nord", "names": ["N", "North"]}""", "Another name of Nord:", "N", -1)]
    [InlineData("aliases", "test", """{"place": "Nord", "names": "N"}""", "Another name of Nord:", "N", -1)]
    [InlineData("aliases", "test", """{"place": "Nord", "names": 7}""", "Another name of Nord:", "7", -1)]
    public void LmEval(string key, string split, string row, string input, string target, int index)
    {
        using var folder = new ScratchFolder();
        LmEvalImporter.Import([Path.Combine(ImportCaseTests.Cases, "lm-eval", "input")]).Write(folder.Path, force: false, TestContext.Current.CancellationToken);
        var rendered = Render(folder, key, split, row, file: key == "picks" ? "picks/test.jsonl" : null)[0][0];
        Assert.Equal((input, target, index), (rendered.Input, rendered.Target, rendered.Index));
    }

    [Fact]
    public void LmEval_right_options_of_several_and_equal_ones()
    {
        using var folder = new ScratchFolder();
        LmEvalImporter.Import([Path.Combine(ImportCaseTests.Cases, "lm-eval-harness", "input")]).Write(folder.Path, force: false, TestContext.Current.CancellationToken);
        var rows = Render(folder, "lists", "test", """
            {"note": "", "first": "Ida", "second": "Rosa", "early": true}
            {"note": "", "first": "Ida", "second": "Rosa", "early": false}
            """, file: "lists.jsonl");
        Assert.Equal(("the Ida", "the Ida;the Rosa;the Ida", 0), (rows[0][0].Target, rows[0][0].Options, rows[0][0].Index));
        Assert.Equal(("the Rosa", 1), (rows[1][0].Target, rows[1][0].Index));
        Assert.Equal("same", Render(folder, "bells", "test", """{"answer": "A", "options": ["same", "same"], "answers": 1}""")[0][0] is { Index: 1 } one ? one.Target : "");
        Assert.Equal("Bell A of ['same', 'same']", Render(folder, "bells", "test", """{"answer": "A", "options": ["same", "same"], "answers": 1}""")[0][0].Input);
    }

    [Theory]
    [InlineData("""{"state": -1}""", "no_label")]
    [InlineData("""{"state": 0}""", null)]
    [InlineData("""{"state": null}""", null)]
    public void Promptsource_rows_without_a_label_make_no_example(string row, string? reason)
    {
        using var folder = new ScratchFolder();
        PromptsourceImporter.Import([Path.Combine(ImportCaseTests.Cases, "promptsource", "input")]).Write(folder.Path, force: false, TestContext.Current.CancellationToken);
        Assert.Equal(reason, Verdict(folder, "harbour_logs", "train", row).DropReason);
    }

    [Fact]
    public void Unitxt()
    {
        using var folder = new ScratchFolder();
        UnitxtImporter.Import([Path.Combine(ImportCaseTests.Cases, "unitxt", "input")]).Write(folder.Path, force: false, TestContext.Current.CancellationToken);
        var wx = Render(folder, "wx", "test", """{"sentence": "It pours {text}", "label": 1}""")[0];
        Assert.Equal(("Pick the weather of the report. One of sunny, rain.\nreport: It pours {text}\nThe weather is ", "rain", "sunny;rain", 1), wx[0]);
        Assert.Equal("{json} It pours {text}", wx[1].Input);
        Assert.Equal(
            ("Q about sea: Deep?\nChoose from A,B\nA. yes\nB. no\nA:", "B", "A;B", 1),
            Render(folder, "qa_2", "test", """{"topic": "sea", "question": "Deep?", "choices": ["yes", "no"], "answer": "no"}""")[0][0]);
        Assert.Equal(
            ("foggy\na. low, b. high", "high", "low;high", 1),
            Render(folder, "bells", "test", """{"log": "foggy", "low": "low", "high": "high", "rings": {"text": ["high"]}}""")[0][0]);
        Assert.Equal("Names of Nord, Süd?", Render(folder, "qa", "test", """{"place": ["Nord", "Süd"], "names": ["N", "S"]}""")[0][0].Input);
    }

    [Theory]
    [InlineData("jinja", "{{ cot }} So: {{ answer }}")]
    [InlineData("flan", "{cot} So: {answer}")]
    public void In_templates_a_column_hides_what_the_task_makes_under_its_name(string dialect, string target)
    {
        using var folder = new ScratchFolder();
        folder.Write("own.yaml", $$"""
            task: own
            title: own
            columns: { question: string, cot: string, answer: string, options: list }
            layouts: [ { name: files, format: jsonl, files: { train: train.jsonl } } ]
            splits: { train: train }
            options: "[cot, 'none']"
            answer: cot
            templates:
              - { id: a, dialect: {{dialect}}, input: "{{(dialect == "flan" ? "{options}" : "{{ options }}")}}", target: "{{target}}" }
            """);
        Assert.Equal(("['x']", "Two and two. So: 4", "Two and two.;none", 0), Render(folder, "own", "train", """{"question": "2+2", "cot": "Two and two.", "answer": "4", "options": ["x"]}""")[0][0]);
    }

    [Fact]
    public void NaturalInstructions()
    {
        using var folder = new ScratchFolder();
        NaturalInstructionsImporter.Import([Path.Combine(ImportCaseTests.Cases, "natural-instructions", "input")], [new TkInstructEncoding { PositiveExamples = 1, NegativeExamples = 1, Explanations = true }])
            .Write(folder.Path, force: false, TestContext.Current.CancellationToken);
        var rows = Render(folder, "task900_tide_times_guess", "instances", null);
        const string Head = "Definition: Given a note of a {{harbour}} master, say whether the water rises.\n\n"
            + " Positive Example 1 -\nInput: The quay was wet by noon.\n Output: rises.\n Explanation: Wet stone means water has come.\n\n"
            + " Negative Example 1 -\nInput: {% raw %}\n Output: maybe.\n Explanation: Only two answers are right.\n\nNow complete the following example -\n";

        Assert.Equal(
            [$"{Head}Input: Nets float.\nOutput: ", $"{Head}Input: Mud, mud and mud!\nOutput: ", $"{Head}Input: The bell buoy moves 😀 \"north\"\nOutput: "],
            rows.Select(row => row[0].Input));
        Assert.Contains(rows[0][0].Target, (string[])["rises", "it rises"]);
        Assert.Equal(["falls", "rises"], rows.Skip(1).Select(row => row[0].Target));
    }

    internal static List<(string Input, string Target, string Options, int Index)[]> Render(ScratchFolder folder, string key, string split, string? rows, string? file = null)
    {
        if (rows is not null) folder.Write($"data/{key}/{file ?? $"{split}.jsonl"}", rows + "\n");

        var catalog = new TaskFiles();
        catalog.AddOwn(folder.At($"{key}.yaml"));
        var task = catalog.Get(key);
        var data = Assert.Single(new TaskLocator([folder.At("data")]).FindAll(task), found => found.Splits.ContainsKey(split));
        var program = CompiledTask.Compile(task, data.Layout);
        var evaluator = new RowEvaluator(program, RenderLimits.Default);
        using var reader = RowReaders.Open(data.Layout.Source, data.Splits[split], program.SourceColumns);
        using var batch = new RowBatch(program.SourceColumns.Count);
        List<(string, string, string, int)[]> result = [];
        while (reader.ReadChunk(batch))
        {
            reader.Parse(batch);
            for (var row = 0; row < batch.Count; row++)
            {
                Assert.Equal(RowVerdict.Keep, evaluator.Load(batch, row, (ulong)row));
                result.Add([.. program.Templates.Select(prompt => Render(evaluator, prompt))]);
            }
        }

        return result;
    }

    private static RowVerdict Verdict(ScratchFolder folder, string key, string split, string row)
    {
        folder.Write($"data/{key}/{split}.jsonl", row + "\n");
        var catalog = new TaskFiles();
        catalog.AddOwn(folder.At($"{key}.yaml"));
        var task = catalog.Get(key);
        var data = new TaskLocator([folder.At("data")]).FindAll(task)[0];
        var program = CompiledTask.Compile(task, data.Layout);
        using var reader = RowReaders.Open(data.Layout.Source, data.Splits[split], program.SourceColumns);
        using var batch = new RowBatch(program.SourceColumns.Count);
        Assert.True(reader.ReadChunk(batch));
        reader.Parse(batch);
        return new RowEvaluator(program, RenderLimits.Default).Load(batch, 0, 0);
    }

    // Once as text and once escaped for JSON, as a build writes it.
    private static (string Input, string Target, string Options, int Index) Render(RowEvaluator evaluator, CompiledTemplate prompt)
    {
        var escaped = new Utf8Output { JsonEscaped = true };
        evaluator.RenderInput(prompt, escaped);
        var plain = new Utf8Output();
        evaluator.RenderInput(prompt, plain);
        var input = Encoding.UTF8.GetString(plain.Written);
        Assert.Equal(input, System.Text.Json.Nodes.JsonNode.Parse($"\"{Encoding.UTF8.GetString(escaped.Written)}\"")!.GetValue<string>());
        plain.Length = 0;
        evaluator.RenderTarget(prompt, plain);
        var options = evaluator.OptionsOf(prompt);
        return (
            input,
            Encoding.UTF8.GetString(plain.Written),
            options.IsUndefined ? "" : string.Join(';', Enumerable.Range(0, options.Count).Select(i => options[i].ToString())),
            evaluator.AnswerIndexOf(prompt));
    }
}
