using System.Text.Json;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating;
using InstructKit.Templating.Settings;

namespace InstructKit.Authoring.Importing.Unitxt;

/// <summary>
/// Imports a catalogue of Unitxt (IBM/unitxt, src/unitxt/catalog): a card with its templates becomes a task; templates not used by an imported card
/// become one task per folder, with a column for each field. Texts stay unchanged.
/// </summary>
public static class UnitxtImporter
{
    /// <summary>Imports files, and every <c>*.json</c> below folders.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <exception cref="DiagnosticException">Something cannot be read (IK2017).</exception>
    public static ImportResult Import(IReadOnlyList<string> paths)
    {
        var collector = new ImportCollector();
        var catalog = UnitxtCatalog.Read(paths, collector);
        Dictionary<string, UnitxtTemplate?> read = new(StringComparer.Ordinal);
        HashSet<string> used = new(StringComparer.Ordinal);
        foreach (var card in catalog.All.Where(artifact => artifact.Type == "task_card")) ImportCard(card);

        var loose = catalog.All.Where(artifact => IsTemplate(artifact) && !used.Contains(artifact.Name)).GroupBy(FolderOf, StringComparer.Ordinal);
        foreach (var folder in loose)
        {
            var templates = folder.Select(Read).OfType<UnitxtTemplate>().ToList();
            Take(folder.Key, templates, null);
        }

        return collector.Result(paths, "no artifact of a catalogue");

        // Templates with another kind of target, such as letters of choices, need a separate task.
        void Take(string name, IReadOnlyList<UnitxtTemplate> templates, UnitxtCard? card)
        {
            var number = 0;
            foreach (var group in templates.GroupBy(template => (template.Choice, template.References)))
            {
                var suffix = ++number == 1 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"_{number}");
                collector.Take(MakeTask(name + suffix, [.. group], card), group.First().Artifact.Find(group.First().Artifact.Type));
            }
        }

        UnitxtTemplate? Read(UnitxtArtifact artifact)
        {
            if (!read.TryGetValue(artifact.Name, out var template)) read[artifact.Name] = template = UnitxtTemplate.Read(artifact, collector);

            return template;
        }

        void ImportCard(UnitxtArtifact artifact)
        {
            var card = new UnitxtCard(artifact, collector);
            if (!card.Read(catalog)) return;

            var found = artifact.Json.TryGetProperty("templates", out var templates) ? Referenced(templates, artifact, catalog, collector, 0) : [];
            used.UnionWith(found.Select(template => template.Name));
            var kept = found.Select(Read).OfType<UnitxtTemplate>().ToList();
            if (kept.Count > 0) Take(artifact.Name, kept, card);
            else collector.LeaveOut(ImportCodes.Nothing, $"No template of the card '{artifact.Name}' can be imported.", artifact.Find("templates"));
        }
    }

    private static bool IsTemplate(UnitxtArtifact artifact) => artifact.Type.EndsWith("_template", StringComparison.Ordinal);

    private static string FolderOf(UnitxtArtifact artifact)
    {
        var at = artifact.Name.LastIndexOf('.');
        return at < 0 ? artifact.Name : artifact.Name[..at];
    }

    // A name, a list, a collection, or an inline template.
    private static List<UnitxtArtifact> Referenced(JsonElement node, UnitxtArtifact place, UnitxtCatalog catalog, ImportCollector collector, int depth)
    {
        const int MaxDepth = 8;
        List<UnitxtArtifact> found = [];
        if (depth > MaxDepth) return found;

        switch (node.ValueKind)
        {
            case JsonValueKind.String when catalog.Find(node.GetString()!) is { } artifact:
                return IsTemplate(artifact) ? [artifact] : Referenced(artifact.Json, artifact, catalog, collector, depth + 1);
            case JsonValueKind.String:
                collector.Remark(ImportCodes.NotApplied, $"'{node.GetString()}', which '{place.Name}' names, is not among the imported files.", place.Find(node.GetString()!));
                break;
            case JsonValueKind.Array:
                foreach (var item in node.EnumerateArray()) found.AddRange(Referenced(item, place, catalog, collector, depth + 1));

                break;
            case JsonValueKind.Object when UnitxtArtifact.TypeOf(node) is "templates_list" or "templates_dict" && node.TryGetProperty("items", out var items):
                return Referenced(items, place, catalog, collector, depth + 1);
            case JsonValueKind.Object when UnitxtArtifact.TypeOf(node).EndsWith("_template", StringComparison.Ordinal):
                return [place with { Name = $"{place.Name}.{depth}", Json = node }];
            case JsonValueKind.Object:
                foreach (var entry in node.EnumerateObject().Where(entry => entry.Name is not ("__type__" or "type")))
                {
                    found.AddRange(Referenced(entry.Value, place, catalog, collector, depth + 1).Select(template => template.Name.StartsWith($"{place.Name}.", StringComparison.Ordinal) && template.Source == place.Source
                        ? template with { Name = $"{place.Name}.{entry.Name}" }
                        : template));
                }

                break;
        }

        return [.. found.DistinctBy(template => template.Name)];
    }

    private static ImportedTask MakeTask(string name, IReadOnlyList<UnitxtTemplate> templates, UnitxtCard? card)
    {
        var made = card?.Fields.ToDictionary(field => field.Name, field => field.Expression, StringComparer.Ordinal) ?? [];
        var choice = templates[0].Choice;
        var references = templates[0].References;
        var isFree = choice is null && references is null;
        var answer = isFree ? templates.Select(template => template.AnswerField).FirstOrDefault(field => field is not null) : "answer";
        var printed = templates.SelectMany(template => template.Fields).Where(field => field != "answer" || isFree).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<(string Reason, string Expression)> keepIf = card?.KeepIf ?? [];
        List<string> columns = [.. made.Values.Concat(keepIf.Select(condition => condition.Expression)).SelectMany(NamesOf), .. printed.Where(field => !made.ContainsKey(field))];

        // The source of options and answers must be kept before a list is joined for printing.
        List<ImportedField> fields = [];
        var classes = isFree && answer is not null ? made.GetValueOrDefault("classes") : null;
        if (classes is not null) fields.Add(new ImportedField("class_list", classes));

        // In templates a column hides the task's value of that name, so the index of the correct choice gets another name.
        List<(string Column, string Expression)> map = [];
        var index = choice?.Target;
        if (choice is { } of)
        {
            if (CompiledTask.TaskNames.Contains(of.Target, StringComparer.Ordinal)) map.Add((index = $"{of.Target}_column", made.GetValueOrDefault(of.Target, of.Target)));
            else if (!made.ContainsKey(of.Target)) columns.Add(of.Target);

            if (!made.ContainsKey(of.Choices)) columns.Add(of.Choices);

            columns.AddRange(map.Select(entry => entry.Column));
        }

        if (references is not null && !made.ContainsKey(references)) columns.Add(references);

        foreach (var (field, expression) in made)
        {
            if (field != choice?.Target || map.Count == 0) fields.Add(new ImportedField(field, printed.Contains(field) ? Printed(expression) : expression));
        }

        fields.AddRange(printed.Where(field => !made.ContainsKey(field) && field != choice?.Choices && field != index).Select(field => new ImportedField(field, Printed(field))));
        return new ImportedTask
        {
            Key = TaskKey.Of(name.StartsWith("cards.", StringComparison.Ordinal) ? name["cards.".Length..] : name.StartsWith("templates.", StringComparison.Ordinal) ? name["templates.".Length..] : name),
            Title = name,
            Origin = $"Unitxt, {name}",
            Columns = [.. columns.Where(column => !SlotScope.IsBuiltin(column)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(column => (column, "any?"))],
            Layouts =
            [
                .. ImportedLayout.Usual(card?.Dataset?.Id, card?.Dataset?.Config, [.. (card?.Slices.Select(slice => slice.Slice) ?? TaskFile.RoleNames).Distinct(StringComparer.Ordinal)])
                    .Select(layout => layout with { Map = map }),
            ],
            Slices = card?.Slices ?? [.. TaskFile.RoleNames.Select(split => (split, split))],
            KeepIf = keepIf,
            Fields = fields,
            OptionsExpression = choice is { } chosen ? (chosen.IsLetter ? UnitxtTemplate.LettersOf(chosen.Choices) : chosen.Choices) : classes is not null ? "class_list" : null,
            AnswerIndex = choice is null ? null : $"{index} if {index} is number else {choice.Value.Choices}.index({index})",
            Answers = references,
            Answer = isFree ? answer ?? "''" : null,
            Metrics = choice is not null || classes is not null ? ["accuracy"] : [],
            Templates =
            [
                .. templates.Select(template => new ImportedTemplate
                {
                    Id = IdOf(template.Artifact.Name),
                    Name = template.Artifact.Name,
                    Kind = template.AnswerField == answer ? TemplateKind.Direct : TemplateKind.Auxiliary,
                    Dialect = template.Dialect,
                    Input = template.Input,
                    Target = template.Target,
                }),
            ],
        };
    }

    // Unitxt joins the items of a list, and prints everything else directly.
    private static string Printed(string expression)
    {
        var value = expression.All(letter => char.IsLetterOrDigit(letter) || letter == '_') ? expression : $"({expression})";
        return expression.StartsWith('{') || (expression.StartsWith('\'') && !expression.EndsWith(']')) ? expression
            : expression.StartsWith('[') && expression.EndsWith(']') ? $"{expression} | join(', ')"
            : $"{value} | join(', ') if {value} is iterable and {value} is not string and {value} is not mapping else {value}";
    }

    // The full name, because two folders may have templates of the same name.
    private static string IdOf(string name)
    {
        const int MaxLength = 100;
        var id = string.Concat((name.StartsWith("templates.", StringComparison.Ordinal) ? name["templates.".Length..] : name).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '_'));
        return id.Length <= MaxLength ? id : id[^MaxLength..];
    }

    private static IReadOnlyList<string> NamesOf(string expression)
    {
        try
        {
            return TemplateExpression.Parse(SourceText.FromText(string.Empty, expression), TemplateOptions.For(Dialect.Jinja)).UndeclaredNames;
        }
        catch (DiagnosticException)
        {
            // Reported with the task, which cannot be written then.
            return [];
        }
    }
}
