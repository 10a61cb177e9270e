using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace InstructKit.Tests.Layering;

/// <summary>All of <c>src</c>, parsed and bound by the compiler: which folder uses which, by symbols rather than text.</summary>
internal sealed class SourceTree
{
    private const string Implicit = "System;System.Collections.Generic;System.IO;System.Linq;System.Net.Http;System.Threading;System.Threading.Tasks";

    private static readonly Lazy<SourceTree> Whole = new(() => new SourceTree());

    private SourceTree()
    {
        var root = RepositoryRoot.At("src");
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var files = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: path, Relative: Path.GetRelativePath(root, path).Replace('\\', '/')))
            // The class of top-level statements is global: within one compilation it would hide types of its name.
            .Where(file => file.Relative != "InstructKit.Cli/Program.cs" && !file.Relative.Split('/').Any(part => part is "obj" or "bin"))
            .OrderBy(file => file.Relative, StringComparer.Ordinal);
        var trees = files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file.Path), options, file.Relative)).ToList();
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !IsOwn(Path.GetFileNameWithoutExtension(path)))
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "src", [.. trees, CSharpSyntaxTree.ParseText(GlobalUsings(), options)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        Files = [.. trees.Select(tree => tree.FilePath)];
        Parallel.ForEach(trees, tree => Bind(compilation.GetSemanticModel(tree)));
    }

    /// <summary>The tree of this checkout; bound once.</summary>
    public static SourceTree Of => Whole.Value;

    /// <summary>Every source file, relative to <c>src</c>, with <c>/</c>.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Namespace of every file.</summary>
    public Dictionary<string, string> Namespaces { get; } = [];

    /// <summary>For a folder the folders that it uses, each with one use as an example.</summary>
    public SortedDictionary<string, SortedDictionary<string, string>> Arrows { get; } = new(StringComparer.Ordinal);

    /// <summary>Unresolved types: dependencies on them would be missing.</summary>
    public List<string> Unbound { get; } = [];

    /// <summary>The folder of a file.</summary>
    public static string FolderOf(string file) => file[..file.LastIndexOf('/')];

    private static bool IsOwn(string assembly) => assembly.StartsWith("InstructKit.", StringComparison.Ordinal) || assembly == "instructkit";

    // Those of the compiler's projects, all in one: the names of the layers do not collide.
    private static string GlobalUsings()
    {
        var projects = Directory.EnumerateFiles(RepositoryRoot.At("src"), "*.csproj", SearchOption.AllDirectories).Append(RepositoryRoot.At("Directory.Build.props"));
        var own = projects.SelectMany(path => XDocument.Load(path).Descendants("Using")).Select(item => item.Attribute("Include")!.Value);
        return string.Concat(Implicit.Split(';').Concat(own).Distinct(StringComparer.Ordinal).Select(name => $"global using {name};"));
    }

    private void Bind(SemanticModel model)
    {
        var file = model.SyntaxTree.FilePath;
        var root = model.SyntaxTree.GetRoot();
        var space = root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString() ?? string.Empty;
        var folder = FolderOf(file);
        SortedDictionary<string, string> used = new(StringComparer.Ordinal);
        // `var` has no type where a generator makes what it is given.
        List<string> unbound = [];
        foreach (var name in root.DescendantNodes().OfType<SimpleNameSyntax>())
        {
            var info = model.GetSymbolInfo(name);
            var symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
            if (symbol is null && SyntaxFacts.IsInTypeOnlyContext(name) && name.Identifier.Text is not ("notnull" or "unmanaged" or "var")) unbound.Add($"{file}: {name}");
            if (symbol is null or INamespaceSymbol) continue;
            var type = symbol as INamedTypeSymbol ?? symbol.ContainingType;
            var declared = type?.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath;
            if (string.IsNullOrEmpty(declared) || FolderOf(declared) == folder) continue;
            used.TryAdd(FolderOf(declared), $"{file}:{name.GetLocation().GetLineSpan().StartLinePosition.Line + 1} uses {type!.Name}");
        }

        lock (Arrows)
        {
            Namespaces[file] = space;
            Unbound.AddRange(unbound);
            if (!Arrows.TryGetValue(folder, out var arrows)) Arrows[folder] = arrows = new(StringComparer.Ordinal);
            foreach (var (other, example) in used) arrows.TryAdd(other, example);
        }
    }
}
