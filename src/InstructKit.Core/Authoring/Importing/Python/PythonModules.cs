using InstructKit.Sources.Files;

namespace InstructKit.Authoring.Importing.Python;

/// <summary>The Python files whose functions task files name, and the files they import from. Each is read once; nothing is executed.</summary>
internal sealed class PythonModules
{
    private const string File = "__file__";
    private const int MaxParents = 12;

    // Python's own modules, which a neighbouring file may not shadow.
    private static readonly string[] Standard = ["ast", "collections", "copy", "functools", "itertools", "json", "math", "os", "random", "re", "string", "sys", "typing"];

    private readonly Dictionary<string, PythonScope> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Diagnostic> _broken = new(StringComparer.Ordinal);

    /// <summary>The function that a task file refers to, as lm-evaluation-harness finds it: <c>utils.name</c> is <c>name</c> in <c>utils.py</c> next to the task file.</summary>
    /// <param name="taskFile">Path of the task file.</param>
    /// <param name="reference">Module and name.</param>
    /// <param name="span">Position of the reference in the task file.</param>
    /// <exception cref="DiagnosticException">There is no such file or function, or it cannot be resolved (IK9003).</exception>
    public PythonMeaning.Function Find(string taskFile, string reference, SourceSpan span)
    {
        var dot = reference.LastIndexOf('.');
        var path = dot < 0 ? null : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(taskFile) ?? string.Empty, $"{reference[..dot]}.py"));
        if (path is null || !System.IO.File.Exists(path)) throw PythonTranslator.Refuse($"{(dot < 0 ? reference : $"{reference[..dot]}.py")} is not there", span);

        return Load(path).Own.GetValueOrDefault(reference[(dot + 1)..]) switch
        {
            PythonMeaning.Function function => function,
            PythonMeaning.Lost lost => throw new DiagnosticException(lost.Why),
            _ => throw PythonTranslator.Refuse($"which {Path.GetFileName(path)} does not define as a function", span),
        };
    }

    /// <summary>Sets the names of an import: definitions of a file in the same checkout, or the names of another library's members.</summary>
    public void Import(PythonStatement.Import import, PythonScope scope)
    {
        if (import.Module.Length == 0)
        {
            foreach (var (_, name) in import.Names)
            {
                var words = name.Split(' ');
                scope.Own[words.Length > 1 ? words[1] : words[0].Split('.')[0]] = new PythonMeaning.Native(words.Length > 1 ? words[0] : words[0].Split('.')[0]);
            }

            return;
        }

        var from = scope.Find(File) is PythonMeaning.Constant { Value: string file } && PathOf(file, import.Module) is { } path ? Load(path) : null;
        foreach (var (name, alias) in import.Names)
        {
            if (name == "*")
                foreach (var (key, value) in from?.Own ?? []) scope.Own.TryAdd(key, value);
            else if (name is not null)
                scope.Own[alias] = from?.Own.GetValueOrDefault(name) ?? new PythonMeaning.Native($"{import.Module}.{name}");
        }
    }

    private PythonScope Load(string path)
    {
        if (_broken.TryGetValue(path, out var why)) throw new DiagnosticException(why);

        if (_files.TryGetValue(path, out var known)) return known;

        var scope = new PythonScope(null);
        scope.Own[File] = new PythonMeaning.Constant(path);
        // Files may import each other.
        _files[path] = scope;
        try
        {
            new PythonTranslator(this).RunFile(PythonParser.Parse(TextFile.Load(path)), scope);
        }
        catch (DiagnosticException exception)
        {
            var found = exception.Diagnostics[0];
            _broken[path] = found with { Code = ImportCodes.PythonCode, Message = $"{Path.GetFileName(path)} cannot be read: {found.Message.TrimEnd('.')}" };
            throw new DiagnosticException(_broken[path]);
        }

        return scope;
    }

    private static string? PathOf(string file, string module)
    {
        if (Array.IndexOf(Standard, module.Split('.')[0]) >= 0) return null;

        var name = module.TrimStart('.');
        var parts = name.Split('.', StringSplitOptions.RemoveEmptyEntries);
        var folder = Path.GetDirectoryName(file);
        for (var i = 1; i < module.Length - name.Length; i++) folder = Path.GetDirectoryName(folder);

        for (var i = 0; folder is not null && parts.Length > 0 && i < MaxParents; i++, folder = Path.GetDirectoryName(folder))
        {
            var path = $"{Path.Combine([folder, .. parts])}.py";
            if (System.IO.File.Exists(path)) return path;

            if (module[0] == '.') return null;
        }

        return null;
    }
}
