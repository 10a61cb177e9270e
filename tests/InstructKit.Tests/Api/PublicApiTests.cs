using System.Reflection;
using PublicApiGenerator;
using Xunit;

namespace InstructKit.Tests.Api;

/// <summary>The promised API of the library: a change shows up in the listing next to this file, and thus in review.</summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("InstructKit.Core")]
    [InlineData("InstructKit.Templating")]
    [InlineData("InstructKit.Parquet")]
    public void The_listing_is_that_of_the_assembly(string name)
    {
        var options = new ApiGeneratorOptions { IncludeAssemblyAttributes = false };
        var found = Assembly.Load(name).GeneratePublicApi(options).ReplaceLineEndings("\n").TrimEnd() + "\n";
        var listing = RepositoryRoot.At("tests", "InstructKit.Tests", "Api", $"{name}.txt");
        if (File.Exists(listing) && File.ReadAllText(listing) == found) return;

        var received = Path.Combine(AppContext.BaseDirectory, $"{name}.txt");
        File.WriteAllText(received, found);
        Assert.Fail($"The public API of {name} changed. When that is meant: cp '{received}' '{listing}'");
    }
}
