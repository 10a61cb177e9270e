using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>Reads a task file strictly: unknown keys, wrong kinds and duplicate names are all reported, each with its position.</summary>
internal sealed class TaskFile(string key, YamlMap map, string? like, string? variant, IReadOnlyList<string> variants, List<Diagnostic> diagnostics)
{
    internal static readonly string[] RoleNames = ["train", "validation", "test"];
    internal static readonly string[] Orders = ["seeded", "source"];
    private static readonly string[] Types = ["string", "int", "float", "bool", "list", "object", "any"];

    /// <summary>Reads the definition; errors are added to the diagnostics, and null is returned if there are any.</summary>
    public TaskDefinition? Read()
    {
        var before = diagnostics.Count;
        var form = new YamlForm(map, "A task", diagnostics);
        var name = form.RequireScalar("task");
        if (name is not null && !string.Equals(name.Text, key, StringComparison.Ordinal))
            form.Error(TaskCodes.BadName, $"The task '{name.Text}' is in a file named '{key}.yaml'; the two names must be the same.", name.Span);

        if (name is not null && !TaskFiles.IsName(key))
            form.Error(TaskCodes.BadName, $"'{key}' is not a valid task name: letters, digits and _ only, as in my_task.", name.Span);

        form.Take("like");
        form.Take("variants");
        var title = form.RequireScalar("title");
        var columns = ReadColumns(form);
        var options = form.Take("options");
        var answer = form.TakeScalar("answer");
        var answers = form.TakeScalar("answers");
        var index = form.TakeScalar("answer_index");
        var conversation = form.Take("conversation") is { } turns ? ConversationDefinition.Read(turns, columns, diagnostics) : null;
        var templates = ReadTemplates(form, "templates", []);
        if (form.Take("conversation") is { } given)
        {
            if (templates.Count > 0 || options is not null)
                form.Error(TaskCodes.BadSetting, $"'conversation' makes examples of the turns as they are, without '{(templates.Count > 0 ? "templates" : "options")}'.", given.Span);

            templates = [TurnsOf(given.Span, conversation is null ? [] : [conversation.Messages, .. new[] { conversation.Tools, conversation.System, conversation.Images }.OfType<string>()])];
        }

        if (templates.Count == 0) form.Missing("templates");

        var baseline = ReadTemplates(form, "baseline", templates);
        // A bare prompt may equal a template or the baseline.
        var bare = ReadTemplates(form, "bare", []);
        if (answer is null && answers is null && index is null && !(templates.Count > 0 && templates.TrueForAll(template => template.TargetIsAnswer))) form.Missing("answer");

        if (index is not null && (options is null || answer is not null || answers is not null))
            form.Error(TaskCodes.BadSetting, $"'answer_index' {(options is null ? "needs 'options'" : "replaces 'answer' and 'answers'")}.", index.Span);

        var clusters = form.TakeScalars("cluster");
        var layouts = ReadLayouts(form);
        var task = new TaskDefinition
        {
            Key = key,
            Title = title?.Text ?? key,
            Like = like,
            Variant = variant,
            Variants = variants,
            Cite = form.TakeScalar("cite")?.Text,
            Licence = form.TakeScalar("licence")?.Text,
            Note = form.TakeScalar("note")?.Text,
            Cluster = clusters.Count > 0 ? clusters[0].Text : null,
            MoreClusters = [.. clusters.Skip(1).Select(cluster => cluster.Text)],
            SameSource = [.. form.TakeScalars("same_source").Select(task => new LocatedName(task.Text, task.Span))],
            Folders = [.. form.TakeScalars("folders").Select(folder => folder.Text)],
            Columns = columns,
            Layouts = layouts,
            Slices = ReadSlices(form, required: true) ?? new Dictionary<SliceKind, SplitSlice>(),
            KeepIf = ReadConditions(form),
            Fields = ReadFields(form),
            Options = options is YamlList list ? [.. form.Scalars("options", list).Select(option => option.Text)] : null,
            OptionsExpression = options is YamlScalar scalar ? scalar.Embedded : null,
            Answer = answer?.Embedded,
            Answers = answers?.Embedded,
            AnswerIndex = index?.Embedded,
            Order = ReadOrder(form),
            Group = form.TakeScalar("group")?.Embedded,
            Cut = CutRule.Read(form, diagnostics),
            CutTarget = CutRule.ReadTarget(form, diagnostics),
            Evaluation = form.TakeMap("evaluation"),
            Metrics = ReadMetrics(form),
            AnswerKeys = AnswerKeysReader.Take(form, diagnostics),
            Templates = templates,
            Baseline = baseline,
            Bare = bare,
            Conversation = conversation,
            Span = map.Span,
        };
        if (options is YamlMap wrong)
            form.Error(YamlCodes.WrongType, "'options' is a list of texts or an expression that yields one, found a mapping.", wrong.Span);

        if (options is YamlList { Items.Count: 0 } empty)
            form.Error(YamlCodes.WrongType, "'options' has nothing in it; a task whose answer is free leaves the key out.", empty.Span);

        CheckSplits(form, layouts.Where(layout => layout.Slices is null).SelectMany(layout => layout.Splits));
        form.Finish();
        return diagnostics.Count == before ? task : null;
    }

    // The entry in lists of templates for the turns of conversations; it shows their columns.
    private static TemplateDefinition TurnsOf(SourceSpan span, IReadOnlyList<string> columns)
    {
        var text = SourceText.FromText(ConversationDefinition.TemplateId, string.Concat(columns.Select(column => $"{{{{ {column} }}}}")));
        return new TemplateDefinition(ConversationDefinition.TemplateId, TemplateKind.Direct, text, text, null, span) { IsConversation = true };
    }

    /// <summary>Reports a name that is not an identifier of the template language.</summary>
    internal static void RequireIdentifier(YamlForm form, YamlScalar name)
    {
        if (!IsIdentifier(name.Text)) form.Error(TaskCodes.BadName, $"'{name.Text}' is not a valid name; start with a letter or _, then letters, digits and _.", name.Span);
    }

    internal static bool IsIdentifier(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsLetterOrDigit(letter) || letter == '_');

    private static List<ColumnDefinition> ReadColumns(YamlForm form)
    {
        List<ColumnDefinition> columns = [];
        if (form.TakeMap("columns") is not { } map)
        {
            form.Missing("columns");
            return columns;
        }

        foreach (var entry in map.Entries)
        {
            RequireIdentifier(form, entry.Key);

            if (entry.Value is not YamlScalar type)
            {
                form.Error(YamlCodes.WrongType, $"A column's type is a text, found {entry.Value.Noun}.", entry.Value.Span);
                continue;
            }

            var nullable = type.Text.EndsWith('?');
            if (form.ChoiceOf("columns", type with { Text = nullable ? type.Text[..^1] : type.Text }, Types) is { } index)
                columns.Add(new ColumnDefinition(entry.Key.Text, (ColumnType)index, nullable));
        }

        return columns;
    }

    private List<Layout> ReadLayouts(YamlForm form)
    {
        List<Layout> layouts = [];
        var items = form.TakeList("layouts")?.Items ?? [];
        foreach (var item in items)
        {
            if (item is not YamlMap map)
            {
                form.Error(YamlCodes.WrongType, $"A layout is a mapping, found {item.Noun}.", item.Span);
                continue;
            }

            if (new LayoutReader(map, diagnostics).Read() is not { } layout) continue;

            if (layouts.Exists(other => string.Equals(other.Name, layout.Name, StringComparison.Ordinal)))
                form.Error(TaskCodes.DuplicateName, $"There is a layout '{layout.Name}' already.", map.Span);

            layouts.Add(layout);
        }

        if (items.Count == 0) form.Missing("layouts");

        return layouts;
    }

    /// <summary>Reads <c>splits:</c>: our roles as slices of the source's splits.</summary>
    internal static IReadOnlyDictionary<SliceKind, SplitSlice>? ReadSlices(YamlForm form, bool required)
    {
        if (form.TakeMap("splits") is not { } map)
        {
            if (required) form.Missing("splits");

            return null;
        }

        Dictionary<SliceKind, SplitSlice> slices = [];
        foreach (var entry in map.Entries)
        {
            if (form.ChoiceOf("splits", entry.Key, RoleNames) is not { } role || entry.Value is YamlScalar { IsNull: true }) continue;

            if (entry.Value is not YamlScalar scalar)
            {
                form.Error(YamlCodes.WrongType, $"A split is a text such as train[:-200], found {entry.Value.Noun}.", entry.Value.Span);
                continue;
            }

            try
            {
                slices[(SliceKind)role] = SplitSlice.Parse(scalar.Embedded);
            }
            catch (DiagnosticException exception)
            {
                form.Error(exception.Diagnostics[0].Code, exception.Diagnostics[0].Message, scalar.Span);
            }
        }

        return slices;
    }

    /// <summary>Reports slices of splits that have no files.</summary>
    /// <param name="form">The mapping with <c>splits:</c>.</param>
    /// <param name="splits">The splits with files.</param>
    internal static void CheckSplits(YamlForm form, IEnumerable<LayoutSplit> splits)
    {
        var known = splits.Select(split => split.Name).Distinct(StringComparer.Ordinal).ToList();
        if (known.Count == 0 || form.Take("splits") is not YamlMap map) return;

        foreach (var source in map.Entries.Select(entry => entry.Value).OfType<YamlScalar>().Where(scalar => !scalar.IsNull).Select(scalar => scalar.Embedded))
        {
            var name = SplitSlice.NameIn(source);
            if (name.Length > 0 && !known.Contains(name.Text, StringComparer.Ordinal))
                form.Error(YamlCodes.UnknownValue, $"No layout has files for the split '{name.Text}'.", name, NearestName.Hint(name.Text, known) ?? $"There are {string.Join(", ", known)}.");
        }
    }

    /// <summary>Reads <c>keep_if:</c>: one condition or several by drop reason.</summary>
    internal static IReadOnlyList<NamedExpression> ReadConditions(YamlForm form)
    {
        switch (form.Take("keep_if"))
        {
            case null: return [];
            case YamlScalar one: return [new NamedExpression("keep_if", one.Embedded, one.Span)];
            case YamlMap map: return Expressions(form, map);
            case var other:
                form.Error(YamlCodes.WrongType, $"'keep_if' is an expression or a mapping of reasons to expressions, found {other.Noun}.", other.Span);
                return [];
        }
    }

    internal static RowOrder? ReadOrder(YamlForm form) => (RowOrder?)form.TakeChoice("order", Orders);

    /// <summary>Reads a mapping of names to expressions.</summary>
    internal static IReadOnlyList<NamedExpression> ReadExpressions(YamlForm form, string key) => form.TakeMap(key) is { } map ? Expressions(form, map) : [];

    // A field is an expression, or a template of a dialect whose value is the text that it renders to.
    private List<NamedExpression> ReadFields(YamlForm form)
    {
        if (form.TakeMap("fields") is not { } map) return [];

        List<NamedExpression> fields = [];
        foreach (var entry in map.Entries)
        {
            if (entry.Value is not YamlMap text)
            {
                fields.AddRange(Expressions(form, new YamlMap([entry], map.Span)));
                continue;
            }

            var own = new YamlForm(text, "A field that is a template", diagnostics);
            var template = own.RequireScalar("template");
            var dialect = TemplateReader.TakeDialect(own);
            own.Finish();
            RequireIdentifier(form, entry.Key);

            if (template is not null) fields.Add(new NamedExpression(entry.Key.Text, template.Embedded, entry.Key.Span) { TemplateDialect = dialect });
        }

        return fields;
    }

    private static List<NamedExpression> Expressions(YamlForm form, YamlMap map)
    {
        List<NamedExpression> expressions = [];
        foreach (var entry in map.Entries)
        {
            RequireIdentifier(form, entry.Key);

            if (entry.Value is YamlScalar scalar) expressions.Add(new NamedExpression(entry.Key.Text, scalar.Embedded, entry.Key.Span));
            else form.Error(YamlCodes.WrongType, $"'{entry.Key.Text}' is an expression, found {entry.Value.Noun}.", entry.Value.Span);
        }

        return expressions;
    }

    private static List<string> ReadMetrics(YamlForm form)
    {
        List<string> metrics = [];
        foreach (var metric in form.TakeScalars("metrics"))
        {
            if (form.ChoiceOf("metrics", metric, MetricNames.All) is { } index) metrics.Add(MetricNames.All[index]);
        }

        return metrics;
    }

    private List<TemplateDefinition> ReadTemplates(YamlForm form, string key, List<TemplateDefinition> others)
    {
        List<TemplateDefinition> templates = [];
        foreach (var item in form.TakeList(key)?.Items ?? [])
        {
            if (item is not YamlMap map)
            {
                form.Error(YamlCodes.WrongType, $"A template is a mapping, found {item.Noun}.", item.Span);
                continue;
            }

            if (new TemplateReader(map, diagnostics).Read() is { } template)
            {
                CheckNew(form, [.. others, .. templates], template);
                templates.Add(template);
            }
        }

        return templates;
    }

    private static void CheckNew(YamlForm form, List<TemplateDefinition> templates, TemplateDefinition template)
    {
        var id = template.Id;
        if (!IsTemplateId(id)) form.Error(TaskCodes.BadName, $"'{id}' is not a valid id for a template; use letters, digits, -, _ and . only.", template.Span);

        if (templates.Find(other => string.Equals(other.Id, id, StringComparison.Ordinal)) is { } twin)
            form.Error(TaskCodes.DuplicateName, $"There is a template '{id}' already, at {twin.Span.Start}.", template.Span);

        if (templates.Find(other => IsSame(other, template)) is { } copy)
            form.Error(TaskCodes.DuplicateTemplate, $"The template '{id}' has the same input and target as '{copy.Id}'.", template.Span);
    }

    /// <summary>True for a valid template id.</summary>
    internal static bool IsTemplateId(string id) => id.Length is > 0 and <= 100 && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');

    private static bool IsSame(TemplateDefinition one, TemplateDefinition other) =>
        one.Dialect == other.Dialect
        && string.Equals(one.Input.Text, other.Input.Text, StringComparison.Ordinal)
        && string.Equals(one.Target.Text, other.Target.Text, StringComparison.Ordinal)
        && one.Separators == other.Separators
        && string.Equals(one.Choices?.Text, other.Choices?.Text, StringComparison.Ordinal)
        && one.Variants.SelectMany(WordsOf).SequenceEqual(other.Variants.SelectMany(WordsOf), StringComparer.Ordinal);

    private static IEnumerable<string> WordsOf(TemplateVariant variant) => variant.Texts.Select(text => text.Text).Prepend(variant.Name);
}
