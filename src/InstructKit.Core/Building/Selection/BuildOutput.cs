using InstructKit.Building.Plans;
using InstructKit.Examples;
using InstructKit.Formats;
using InstructKit.Formats.Training;
using InstructKit.Lengths;
using InstructKit.Sinks;
using InstructKit.Tasks;
using ColumnType = InstructKit.Examples.ColumnType;

namespace InstructKit.Building.Selection;

/// <summary>One of the output formats of a build.</summary>
/// <param name="Container">How its records are stored.</param>
/// <param name="Folder">Folder of its files below the output folder, with <c>/</c>.</param>
/// <param name="Plain">Columns of training splits.</param>
/// <param name="Scored">Columns of scored splits.</param>
internal sealed record BuildOutput(ExampleFormat Format, OutputContainer Container, string Folder, RecordLayout Plain, RecordLayout Scored)
{
    private readonly RecordLayout _tokens = RecordLayout.Of([]);

    /// <summary>The plan's settings of the example format.</summary>
    public required FormatSettings Settings { get; init; }

    /// <summary>The columns of packed sequences; null if examples are not packed.</summary>
    public PackedColumns? Packed
    {
        get;
        init
        {
            field = value;
            if (value is not null) _tokens = RecordLayout.OfTokens(Format, Settings);
        }
    }

    /// <summary>True for a split whose examples are packed; scored splits never are.</summary>
    public bool Packs(string split) => Packed is not null && !OutputSplit.IsScored(split);

    /// <summary>The columns of the records for examples of an output split.</summary>
    public RecordLayout LayoutOf(string split) => Packs(split) ? _tokens : OutputSplit.IsScored(split) ? Scored : Plain;

    /// <summary>How those records are encoded.</summary>
    public OutputContainer RecordsOf(string split) => Packs(split) ? OutputContainers.Waiting : Container;

    /// <summary>The columns of the files of an output split.</summary>
    public RecordSchema SchemaOf(string split) => Packs(split) ? Packed!.Schema : LayoutOf(split).Schema; // packed output has columns

    /// <summary>The output formats of a plan, its main format first.</summary>
    /// <exception cref="DiagnosticException">A container that a format's readers do not accept, or a missing column (IK2011, IK2023); all findings at once.</exception>
    public static IReadOnlyList<BuildOutput> Of(ResolvedPlan resolved)
    {
        var (plan, tasks) = (resolved.Plan, resolved.Tasks);
        List<Diagnostic> wrong = [];
        var settings = new FormatSettings
        {
            System = plan.System is { } system ? new SharedText(system) : null,
            Separator = plan.Separator,
            ChatTemplate = plan.ChatTemplate is { } template ? ChatTemplate.Load(template) : null,
            Drop = [.. plan.Drop.Select(name => name.Text)],
            Carried = Carried(plan, tasks, wrong),
            Traces = TraceSet.Of(resolved),
            Turns = TurnsOf(plan, tasks),
            LengthUnit = TrainerView.UnitOf(plan) is var unit and not LengthUnit.None ? unit.ToString().ToLowerInvariant() : null,
        };
        List<ExampleFormat> formats = [plan.Format, .. plan.Also.Where(format => format != plan.Format).Distinct()];
        TrainerView.Check(plan, wrong);
        CheckNames(plan, formats, settings, wrong);
        CheckTurns(plan, wrong);
        List<BuildOutput> outputs = [];
        foreach (var format in formats)
        {
            var isMain = format == plan.Format;
            var own = isMain ? settings with { Columns = plan.Columns?.Select(name => name.Text).Distinct(StringComparer.Ordinal).ToList() } : settings;
            var packs = isMain && plan.Packing.Length is not null;
            if (packs) own = settings;
            if ((packs ? plan.Container ?? OutputContainers.Default : ContainerOf(plan, format, isMain, wrong)) is not { } container) continue;

            var output = new BuildOutput(
                format, plan.LineBreaks == LineBreaks.Escape ? container : container.WithBreaks?.Invoke(container, plan.LineBreaks) ?? container, isMain ? OutputNames.Data : $"{OutputNames.Also}/{format.Name}", RecordLayout.Of(format, own, scored: false), RecordLayout.Of(format, own, scored: true))
            {
                Settings = own,
                Packed = packs ? new PackedColumns(plan.Packing.Mask, plan.Columns?.Select(name => name.Text).Distinct(StringComparer.Ordinal).ToList(), settings.Drop) : null,
            };
            CheckFlat(output, tasks, wrong);
            CheckAny(output, tasks, wrong);
            if (!packs && plan.ShardBytes is not null && format.FileOf(OutputSplit.Train) is { } name)
                wrong.Add(Wrong($"Readers of '{format.Name}' take one file per split, such as {name}{container.Extension}: --shard-size cannot be used with it."));

            outputs.Add(output);
        }

        if (plan.LineBreaks != LineBreaks.Escape && outputs.TrueForAll(output => output.Container.WithBreaks is null))
            wrong.Add(Wrong("--line-breaks is about tab-separated lines, and the plan writes none.", "Write them with --format t5-tsv, --also t5-tsv or --container tsv."));

        if (wrong.Count > 0) throw DiagnosticException.InOrder(wrong);

        BuildCompanions.Check(plan, outputs);
        return outputs;
    }

    private static TurnSettings TurnsOf(BuildPlan plan, IReadOnlyList<ResolvedTask> tasks)
    {
        List<ConversationDefinition> conversations = [.. tasks.Select(task => task.Task.Conversation).OfType<ConversationDefinition>()];
        return new TurnSettings
        {
            HasConversations = conversations.Count > 0,
            Has = conversations.Aggregate(TurnParts.None, (has, one) => has | one.Has),
            HasTools = conversations.Exists(one => one.Tools is not null),
            HasImages = conversations.Exists(one => one.Images is not null),
            Reasoning = plan.Reasoning,
            Mark = plan.TurnMark,
        };
    }

    private static void CheckTurns(BuildPlan plan, List<Diagnostic> wrong)
    {
        var turns = plan.Format.Turns;
        if (plan.TurnMark is { Length: > 0 } mark && turns?.Marks.Contains(mark, StringComparer.Ordinal) != true)
            wrong.Add(Wrong($"Turns of '{plan.Format.Name}' have no '{mark}'.", turns is { Marks.Count: > 0 } ? $"--turn-marks can be {string.Join(", ", turns.Marks)} or none." : Having(format => format.Turns?.Marks.Contains(mark, StringComparer.Ordinal) == true)));

        if (plan.Reasoning is ReasoningForm.ReasoningContent or ReasoningForm.Thinking && plan.Format is not TextFormat && turns?.Reasoning.Contains(plan.Reasoning.Value) != true)
            wrong.Add(Wrong($"'{plan.Format.Name}' has no key for reasoning.", "--reasoning inline puts it into the text, drop leaves it out. " + Having(format => format.Turns?.Reasoning.Contains(plan.Reasoning.Value) == true)));
    }

    private static string Having(Func<ExampleFormat, bool> has) => $"Formats that have: {string.Join(", ", ExampleFormats.All.Where(has).Select(format => format.Name))}.";

    private static OutputContainer? ContainerOf(BuildPlan plan, ExampleFormat format, bool isMain, List<Diagnostic> wrong)
    {
        var first = format.Containers is [var name, ..] ? OutputContainers.Find(name)! : OutputContainers.Default; // formats name containers that exist
        if (plan.Container is not { } asked || asked == first) return first;

        if (format.Containers.Count == 0 || format.Containers.Contains(asked.Name, StringComparer.Ordinal)) return asked;

        // Additional formats may need a different container.
        if (!isMain) return first;

        wrong.Add(Wrong($"Readers of '{format.Name}' do not accept '{asked.Name}': the container can be {string.Join(" or ", format.Containers)}."));
        return null;
    }

    private static void CheckAny(BuildOutput output, IReadOnlyList<ResolvedTask> tasks, List<Diagnostic> wrong)
    {
        if (tasks.SelectMany(task => task.Outputs).Select(slice => slice.Split).FirstOrDefault(split => output.SchemaOf(split).Columns.Count == 0) is { } empty)
            wrong.Add(Wrong($"No column of '{output.Format.Name}' is left in '{empty}'.", "--columns and --drop choose the columns."));
    }

    private static void CheckFlat(BuildOutput output, IReadOnlyList<ResolvedTask> tasks, List<Diagnostic> wrong)
    {
        if (!output.Container.IsFlat) return;

        var splits = tasks.SelectMany(task => task.Outputs.Select(slice => slice.Split)).Distinct();
        var nested = splits.SelectMany(split => output.SchemaOf(split).Columns).Where(column => column.IsList || column.Type == ColumnType.Object).Select(column => column.Name).Distinct().ToList();
        if (nested.Count > 0)
        {
            wrong.Add(Wrong(
                $"The container '{output.Container.Name}' holds neither lists nor objects, and '{output.Format.Name}' has {string.Join(", ", nested.Select(name => $"'{name}'"))}.",
                $"Leave them out with --drop {string.Join(',', nested)}, or use another container."));
        }
    }

    private static void CheckNames(BuildPlan plan, List<ExampleFormat> formats, FormatSettings settings, List<Diagnostic> wrong)
    {
        var isText = formats.Exists(format => format is TextFormat);
        var isMeasured = plan.Format.Shape == TextShape.Turns && TrainerView.Measures(plan);
        if (settings.ChatTemplate is not null && !isText && !isMeasured)
        {
            wrong.Add(Wrong(
                "A chat template makes the text of the format 'text', which the plan does not write.", "Add --also text, or --tokenizer to count the tokens of conversations under the template.", plan.ChatTemplate!.Span)); // there is one
        }

        if (settings.System is not null && !formats.Exists(format => format.HasSystem) && !(isText && settings.ChatTemplate is not null))
        {
            wrong.Add(Wrong(
                $"The format '{plan.Format.Name}' has no place for a system text.", $"Formats that have: {string.Join(", ", ExampleFormats.All.Where(format => format.HasSystem).Select(format => format.Name))}."));
        }

        foreach (var column in settings.Carried)
        {
            if (formats.Find(format => NamesOf([format], settings with { Carried = [] }).Contains(column.Name)) is { } format)
            {
                var name = plan.With.First(carried => NameOf(carried.Text).Output == column.Name);
                wrong.Add(Wrong($"'{format.Name}' has a column '{column.Name}' of its own.", $"Give the other one a name: --with row_{column.Name}={NameOf(name.Text).Source}.", name.Span));
            }
        }

        if (settings.Carried.Count > 0 && formats.TrueForAll(format => !format.TakesMoreColumns)) wrong.Add(Wrong($"'{plan.Format.Name}' takes no columns but its own, so nothing can be carried along."));

        HashSet<string> packed = plan.Packing.Length is null ? [] : [.. PackedColumns.AllOf(plan.Packing.Mask).Select(column => column.Name)];
        foreach (var (names, known) in ((IReadOnlyList<LocatedName>, HashSet<string>)[])[(plan.Columns ?? [], plan.Packing.Length is null ? NamesOf([plan.Format], settings) : packed), (plan.Drop, [.. NamesOf(formats, settings), .. packed])])
        {
            foreach (var name in names.Where(name => !known.Contains(name.Text)))
            {
                wrong.Add(Diagnostic.Error(TaskCodes.UnknownColumn, $"The format '{plan.Format.Name}' has no column '{name}'.", name.Span,
                    NearestName.Hint(name.Text, known) ?? $"It has {string.Join(", ", known)}; --with carries columns of the tasks along."));
            }
        }
    }

    private static HashSet<string> NamesOf(IEnumerable<ExampleFormat> formats, FormatSettings settings) =>
        [.. formats.SelectMany(format => RecordLayout.ColumnsOf(format, settings, scored: true)).Select(column => column.Column.Name)];

    // The type is that of the tasks that have the column; where they disagree, numbers are numbers and the rest is JSON.
    private static List<Column> Carried(BuildPlan plan, IReadOnlyList<ResolvedTask> tasks, List<Diagnostic> wrong)
    {
        List<Column> columns = [];
        foreach (var carried in plan.With)
        {
            var (name, source) = NameOf(carried.Text);
            if (name.Length == 0 || name.Any(character => !char.IsAsciiLetterOrDigit(character) && character != '_'))
            {
                wrong.Add(Diagnostic.Error(TaskCodes.BadName, $"'{name}' cannot be the name of a column.", carried.Span, "Letters, digits and _ make a name."));
                continue;
            }

            var types = tasks.SelectMany(task => task.Task.Columns).Where(column => column.Name == source).Select(column => TypeOf(column.Type)).Distinct().ToList();
            if (types.Count == 0)
            {
                wrong.Add(Diagnostic.Error(TaskCodes.UnknownColumn, $"No task of this build has a column '{source}'.", carried.Span,
                    NearestName.Hint(source, tasks.SelectMany(task => task.Task.Columns).Select(column => column.Name).Distinct(StringComparer.Ordinal))));
                continue;
            }

            var type = types is [var only] ? only : types.TrueForAll(one => one is ColumnType.Integer or ColumnType.Number) ? ColumnType.Number : ColumnType.Json;
            columns.Add(new Column(name, type) { Meaning = $"the tasks' column {source}" });
        }

        return [.. columns.DistinctBy(column => column.Name, StringComparer.Ordinal)];
    }

    /// <summary>For each carried column its index among those of a task; -1 if the task lacks it.</summary>
    public static int[] CarriedColumns(BuildPlan plan, TaskDefinition task)
    {
        var columns = task.Columns.ToList();
        return [.. plan.With.Select(carried => NameOf(carried.Text)).DistinctBy(carried => carried.Output, StringComparer.Ordinal).Select(carried => columns.FindIndex(column => column.Name == carried.Source))];
    }

    // `NAME=COLUMN` gives a column another name.
    private static (string Output, string Source) NameOf(string carried) => carried.Split('=', 2) is [var name, var source] ? (name, source) : (carried, carried);

    private static ColumnType TypeOf(Tasks.ColumnType type) => type switch
    {
        Tasks.ColumnType.String => ColumnType.Text,
        Tasks.ColumnType.Int => ColumnType.Integer,
        Tasks.ColumnType.Float => ColumnType.Number,
        Tasks.ColumnType.Bool => ColumnType.Boolean,
        _ => ColumnType.Json,
    };

    private static Diagnostic Wrong(string message, string? hint = null, SourceSpan? span = null) => new(TaskCodes.BadSetting, Severity.Error, message, span) { Hint = hint };
}
