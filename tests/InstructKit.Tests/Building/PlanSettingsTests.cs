using System.Buffers;
using System.Text.Json;
using InstructKit.Building.Plans;
using InstructKit.Building.Settings;
using InstructKit.Tasks;
using InstructKit.Tests.Cli;
using InstructKit.Yaml;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>The table of plan settings and what it drives: plan files, options, the plan in the manifest, the reference page and the schema.</summary>
public sealed class PlanSettingsTests
{
    // A value other than the default for every kind of setting: as YAML, as command-line arguments, as JSON.
    public static TheoryData<string, string, string, string> Values => new()
    {
        { "hold_out", "[rte, cb]", "rte,cb", """["rte","cb"]""" },
        { "tasks", "[sst2, rte]", "sst2,rte", """["sst2","rte"]""" },
        { "replace", "true", "", "true" },
        { "train", "sst2", "sst2", """["sst2"]""" },
        { "scheme", "code", "code", "\"code\"" },
        { "keep_related", "true", "", "true" },
        { "seed", "-7", "-7", "-7" },
        { "seed", "9223372036854775807", "9223372036854775807", "9223372036854775807" },
        { "templates.assign", "round-robin", "round-robin", "\"round-robin\"" },
        { "templates.first", "3", "3", "3" },
        { "templates.baseline", "true", "", "true" },
        { "templates.inverted_rate", "30", "30", "30" },
        { "templates.instructions", "none", "none", "\"none\"" },
        { "templates.held_out", "name", "name", "\"name\"" },
        { "templates.rationale", "only", "only", "\"only\"" },
        { "options.show", "without", "without", "\"without\"" },
        { "options.layout", "lettered", "lettered", "\"lettered\"" },
        { "options.layout", "[lettered, quoted]", "lettered,quoted", """["lettered","quoted"]""" },
        { "few_shot.exemplars", "5", "5", "5" },
        { "few_shot.number", "up-to", "up-to", "\"up-to\"" },
        { "few_shot.draw", "balanced", "balanced", "\"balanced\"" },
        { "few_shot.templates", "query", "query", "\"query\"" },
        { "few_shot.style", "flan", "flan", "\"flan\"" },
        { "few_shot.budget", "1_920", "1_920", "1920" },
        { "few_shot.budget", "none", "none", "\"none\"" },
        { "few_shot.share", "50", "50", "50" },
        { "few_shot.in", "evaluation", "evaluation", "\"evaluation\"" },
        { "few_shot.on_empty", "drop", "drop", "\"drop\"" },
        { "tokenizer", "gpt2", "gpt2", "\"gpt2\"" },
        { "lengths", "words", "words", "\"words\"" },
        { "eos", "none", "none", "\"none\"" },
        { "separator_ids", "[11, 12]", "11,12", """["11","12"]""" },
        { "budget.max_input", "1_024", "1_024", "1024" },
        { "budget.max_target", "256", "256", "256" },
        { "budget.max_total", "1280", "1280", "1280" },
        { "budget.on_long", "cut", "cut", "\"cut\"" },
        { "budget.in", "train", "train", "\"train\"" },
        { "pack.length", "2_048", "2_048", "2048" },
        { "pack.on_long", "cut", "cut", "\"cut\"" },
        { "pack.mask", "loss_mask", "loss_mask", "\"loss_mask\"" },
        { "pack.pad", "0", "0", "\"0\"" },
        { "pack.window", "9", "9", "9" },
        { "pack.megatron", "true", "", "true" },
        { "caps.train", "none", "none", "\"none\"" },
        { "caps.validation", "5", "5", "5" },
        { "caps.held_out", "0", "0", "0" },
        { "mixture.kind", "rates", "rates", "\"rates\"" },
        { "mixture.max_rate", "9", "9", "9" },
        { "mixture.epochs", "9", "9", "9" },
        { "mixture.draw", "9", "9", "9" },
        { "mixture.temperature", "2.5", "2.5", "2.5" },
        { "mixture.max_repeats", "9", "9", "9" },
        { "mixture.weights", "{ rte: 2, sentiment: 0.5 }", "rte=2,sentiment=0.5", """{"rte":2,"sentiment":0.5}""" },
        { "training_order", "interleaved", "interleaved", "\"interleaved\"" },
        { "mixing_width", "9", "9", "9" },
        { "variant", "as-released", "as-released", "\"as-released\"" },
        { "layouts", "{ rte: glue }", "rte=glue", """{"rte":"glue"}""" },
        { "on_bad_row", "skip", "skip", "\"skip\"" },
        { "max_rejects", "1_000", "1_000", "1000" },
        { "on_leak", "drop", "drop", "\"drop\"" },
        { "on_missing", "skip", "skip", "\"skip\"" },
        { "in_task_test", "true", "", "true" },
        { "allow_empty", "true", "", "true" },
        { "format", "messages", "messages", "\"messages\"" },
        { "also", "[pair, text]", "pair,text", """["pair","text"]""" },
        { "snippets", "trl", "trl", """["trl"]""" },
        { "columns", "[input, task]", "input,task", """["input","task"]""" },
        { "drop", "row", "row", """["row"]""" },
        { "with", "[premise, id=idx]", "premise,id=idx", """["premise","id=idx"]""" },
        { "system", "\"Be brief.\\n\"", "Be brief.\\n", "\"Be brief.\\n\"" },
        { "separator", "\" \"", " ", "\" \"" },
        { "container", "parquet", "parquet", "\"parquet\"" },
        { "turns.train", "last", "last", "\"last\"" },
        { "turns.mark", "loss_mask", "loss_mask", "\"loss_mask\"" },
        { "turns.mark", "none", "none", "\"none\"" },
        { "turns.reasoning", "drop", "drop", "\"drop\"" },
        { "turns.history", "unroll", "unroll", "\"unroll\"" },
        { "line_breaks", "space", "space", "\"space\"" },
        { "eval.write", "true", "", "true" },
        { "eval.also", "[few-shot-3, option-orders]", "few-shot-3,option-orders", """["few-shot-3","option-orders"]""" },
        { "eval.format", "batch", "batch", "\"batch\"" },
        { "eval.model", "m", "m", "\"m\"" },
        { "shard_bytes", "524288000", "500M", "524288000" },
        { "limits.line_bytes", "1024", "1k", "1024" },
        { "limits.json_depth", "9", "9", "9" },
        { "limits.columns", "9", "9", "9" },
        { "limits.archive_entries", "9", "9", "9" },
        { "limits.compression_ratio", "9", "9", "9" },
        { "limits.unpacked_bytes", "9", "9", "9" },
        { "limits.buffer_bytes", "1048576", "1M", "1048576" },
        { "order", "source", "source", "\"source\"" },
        { "invalid_utf8", "replace", "replace", "\"replace\"" },
        { "duplicate_keys", "last", "last", "\"last\"" },
        { "lone_surrogates", "replace", "replace", "\"replace\"" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void File_option_and_manifest_say_the_same(string key, string yaml, string words, string json)
    {
        var setting = PlanSettings.All.Single(one => one.Key == key);
        var fromFile = Read(key, yaml);
        var fromOption = setting.Set(new BuildPlan(), setting.Type.Parse(setting.Option!, [words]));
        Assert.Equal(json, Json(fromFile, key));
        Assert.Equal(json, Json(fromOption, key));
        Assert.NotEqual(json, Json(new BuildPlan(), key));
    }

    [Fact]
    public void Every_setting_of_a_plan_file_that_the_manifest_has_is_tried_above()
    {
        var tried = Values.Select(row => row.Data.Item1).ToHashSet();
        // Two flags are on by default and can only be switched off.
        Assert.Equal(["templates.inverted", "mixture.groups", "shuffle"], PlanSettings.OfFile.Where(setting => !setting.IsLocal && !tried.Contains(setting.Key)).Select(setting => setting.Key));
        Assert.Equal("false", Json(Read("shuffle", "false"), "shuffle"));
        Assert.Equal("false", Json(Read("templates.inverted", "false"), "templates.inverted"));
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void The_plan_of_a_manifest_is_a_plan_file(string key, string yaml, string words, string json)
    {
        _ = words;
        var plan = Read(key, yaml);
        Assert.Equal(json, Json(BuildPlanFile.Read(YamlFile.Parse(SourceText.FromText("plan.yaml", Whole(plan))), "."), key));
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("jsonl.gz")]
    [InlineData("parquet")]
    [InlineData("parquet-zstd")]
    public void A_container_as_format_names_the_setting_that_has_it_now(string word)
    {
        var file = Assert.Throws<DiagnosticException>(() => Read("format", word)).Diagnostics.Single();
        Assert.Contains($"'container: {word}'", file.Message, StringComparison.Ordinal);
        var option = CliRun.Of("build", "--format", word);
        Assert.Equal(2, option.Code);
        Assert.Contains($"--container {word}", option.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("seed", "9223372036854775808")]
    [InlineData("seed", "1.5")]
    [InlineData("caps.train", "some")]
    [InlineData("limits.json_depth", "0")]
    public void What_a_setting_cannot_hold_is_refused_in_both_places(string key, string text)
    {
        var setting = PlanSettings.All.Single(one => one.Key == key);
        Assert.Contains($"'{text}'", Assert.Throws<DiagnosticException>(() => Read(key, text)).Diagnostics.Single().Message, StringComparison.Ordinal);
        Assert.Contains($"found '{text}'", Assert.Throws<FormatException>(() => setting.Type.Parse(setting.Option!, [text])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_of_a_file_are_relative_to_it()
    {
        var plan = BuildPlanFile.Read(YamlFile.Parse(SourceText.FromText("plan.yaml", "data: [glue, hub, /abs]\nout: x\ntask_files: a.yaml\n")), "/plans");
        Assert.Equal([Path.Combine("/plans", "glue"), "hub", "/abs"], plan.Data.Select(folder => folder.Text));
        Assert.Equal(Path.Combine("/plans", "x"), plan.Out);
        Assert.Equal([Path.Combine("/plans", "a.yaml")], plan.TaskFolders.Select(path => path.Text));
    }

    [Fact]
    public void Defaults_in_the_table_are_those_of_the_plan()
    {
        foreach (var setting in PlanSettings.All.Where(setting => setting is { Default: not null, IsLocal: false, InFile: true }))
        {
            var value = setting.Type.Parse(setting.Key, [setting.Default!]);
            if (setting.Type is FlagType) Assert.Equal(setting.Default == "true" ? "true" : "false", Json(new BuildPlan(), setting.Key));
            else Assert.Equal(Json(new BuildPlan(), setting.Key), Json(setting.Set(new BuildPlan(), value), setting.Key));
        }
    }

    // `layout: nonsense` is as wrong as `layout: [ nonsense ]`.
    [Theory]
    [InlineData("options", "layout")]
    [InlineData("eval", "also")]
    [InlineData("also", null)]
    public void The_schema_takes_one_word_as_it_takes_several(string section, string? name)
    {
        using var schema = JsonDocument.Parse(PlanSettings.Schema());
        var setting = schema.RootElement.GetProperty("properties").GetProperty(section);
        if (name is not null) setting = setting.GetProperty("properties").GetProperty(name);
        var forms = setting.GetProperty("anyOf");
        Assert.True(forms[0].TryGetProperty("enum", out _) || forms[0].TryGetProperty("pattern", out _));
        Assert.True(JsonElement.DeepEquals(forms[0], forms[1].GetProperty("items")));
    }

    [Fact]
    public void The_reference_page_is_what_the_tool_prints() =>
        Assert.Equal(CliRun.Ok("schema", "plan", "--markdown").Output, File.ReadAllText(RepositoryRoot.At("docs", "plan.md")));

    [Fact]
    public void The_schema_has_every_key_of_a_plan_file_and_no_other()
    {
        using var schema = JsonDocument.Parse(CliRun.Ok("schema", "plan").Bytes);
        Assert.Equal(PlanSettings.OfFile.Select(setting => setting.Key), Keys(schema.RootElement, string.Empty));
    }

    [Theory]
    [InlineData("A task", "x: 1\n", "")]
    [InlineData("A layout", "layouts: [ { x: 1 } ]\n", "layouts")]
    [InlineData("A hub dataset", "layouts: [ { hub: { x: 1 } } ]\n", "layouts hub")]
    [InlineData("A template", "templates: [ { x: 1 }, { x: 1, dialect: promptsource } ]\n", "templates")]
    public void The_schema_of_tasks_has_the_keys_that_the_reader_takes(string what, string yaml, string path)
    {
        using var schema = JsonDocument.Parse(CliRun.Ok("schema", "task").Bytes);
        var element = schema.RootElement;
        foreach (var step in path.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            element = element.GetProperty("properties").GetProperty(step);
            if (element.TryGetProperty("items", out var items)) element = items;
        }

        List<Diagnostic> diagnostics = [];
        new TaskFile("t", YamlFile.Parse(SourceText.FromText("t.yaml", yaml)), null, null, [], diagnostics).Read();
        var start = $"{what} has no key 'x'.";
        var read = diagnostics.Where(one => one.Message == start).SelectMany(one => one.Hint!["It has ".Length..^1].Split(", ")).ToHashSet();
        Assert.NotEmpty(read);
        Assert.Equal(read.Order(StringComparer.Ordinal), element.GetProperty("properties").EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.False(element.GetProperty("additionalProperties").GetBoolean());
    }

    private static IEnumerable<string> Keys(JsonElement schema, string prefix)
    {
        foreach (var member in schema.GetProperty("properties").EnumerateObject())
        {
            if (member.Value.TryGetProperty("properties", out _))
            {
                foreach (var key in Keys(member.Value, $"{member.Name}.")) yield return key;
            }
            else
            {
                yield return prefix + member.Name;
            }
        }
    }

    private static BuildPlan Read(string key, string yaml)
    {
        var text = key.Split('.') is [var section, var name] ? $"{section}:\n  {name}: {yaml}\n" : $"{key}: {yaml}\n";
        return BuildPlanFile.Read(YamlFile.Parse(SourceText.FromText("plan.yaml", text)), ".");
    }

    private static string Whole(BuildPlan plan)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) PlanSettings.Write(json, plan);

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Json(BuildPlan plan, string key)
    {
        using var json = JsonDocument.Parse(Whole(plan));
        return key.Split('.').Aggregate(json.RootElement, (element, name) => element.GetProperty(name)).GetRawText();
    }
}
