using InstructKit.Authoring.Importing.Python;
using InstructKit.Templating.Settings;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.LmEval;

/// <summary>Translates the Python functions of a task.</summary>
/// <param name="modules">The Python files.</param>
/// <param name="row">Receives their columns, fields and conditions.</param>
internal sealed class LmEvalFunctions(PythonModules modules, LmEvalRow row)
{
    private readonly List<string> _translated = [];

    /// <summary>The translated functions, for display.</summary>
    public IReadOnlyList<string> Translated => _translated;

    /// <summary>True for a value that names a Python function.</summary>
    public static bool IsFunction(YamlNode? node) => node is YamlScalar { Tag: LmEvalSettings.FunctionTag };

    /// <summary>Translates the function that produces the rows.</summary>
    /// <exception cref="DiagnosticException">It cannot be translated (IK9003).</exception>
    public void MakeRows(YamlScalar function)
    {
        var translator = new PythonTranslator(modules);
        var found = modules.Find(function.Span.Source.Name, function.Text, function.Span);
        var rows = new PythonMeaning.Rows(new PythonMeaning.Document(new Dictionary<string, PythonMeaning>()), []);
        if (translator.Call(found, [rows], function.Span) is not PythonMeaning.Rows made) throw PythonTranslator.Refuse($"what {found.Name} returns, which is not a dataset", function.Span);

        row.Make(made, translator, TaskKey.Of(function.Text.Split('.')[^1]));
        _translated.Add(function.Text);
    }

    /// <summary>Translates a function of a row.</summary>
    /// <exception cref="DiagnosticException">It cannot be translated (IK9003).</exception>
    public LmEvalValue Translate(YamlScalar function)
    {
        var translator = new PythonTranslator(modules);
        var found = modules.Find(function.Span.Source.Name, function.Text, function.Span);
        var value = translator.Call(found, [row.Document], function.Span);
        if (PythonCode.TryCode(value) is null) throw PythonTranslator.Refuse($"what {found.Name} returns, which is not a value", function.Span);

        foreach (var (why, condition) in translator.Conditions) row.Require(why, condition);

        _translated.Add(function.Text);
        return new LmEvalValue(value, translator.Statements, row);
    }
}

/// <summary>What a translated function returns.</summary>
/// <param name="Meaning">The value.</param>
/// <param name="Statements">Statements that must precede it.</param>
internal sealed record LmEvalValue(PythonMeaning Meaning, IReadOnlyList<string> Statements, LmEvalRow Row)
{
    /// <summary>Its type, as far as known.</summary>
    public PythonKind Kind => PythonCode.KindOf(Meaning);

    /// <summary>A template that prints it.</summary>
    public string Template => Row.Resolve(PythonTemplate.Write(Statements, Meaning));

    /// <summary>An expression for it; one that needs statements is a field.</summary>
    public string Expression(string field)
    {
        if (Statements.Count == 0) return Row.Resolve(PythonCode.TryText(Meaning, PythonCode.Filtered)!);

        // In brackets it is printed so that it can be parsed back unchanged.
        var listed = new PythonMeaning.Code($"[{PythonCode.TryText(Meaning, PythonCode.Choice)}]", PythonCode.Primary, PythonKind.List);
        Row.AddField(field, Row.Resolve(PythonTemplate.Write(Statements, listed)), Dialect.LmEval);
        return $"({field} | python_list)[0]";
    }
}
